// Which modules of src/ share a file of the bundle. Each file costs a start, and so does all that stands in a file and is not
// needed: so what the program always needs is one file, what `print` needs besides is the next, and so on.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const staticImport = /^(?:import|export)\s(?!type\b)[^;'"]*?from '([^']+)'/gm
/** Packages that no module uses while it is loaded. Modules that use any other one stay out, since they would bring it along. */
const cheap = ['picocolors', 'fastest-levenshtein', 'fs-extra']

/** What a package stands on is needed with it or not at all. Each file of the package costs time at its installation, too. */
const stands = {
  'fs-extra': ['graceful-fs', 'jsonfile', 'universalify'],
  execa: [
    ...['@sec-ant/readable-stream', '@sindresorhus/merge-streams', 'cross-spawn', 'figures', 'get-stream'],
    ...[
      'human-signals',
      'is-plain-obj',
      'is-stream',
      'is-unicode-supported',
      'isexe',
      'npm-run-path',
      'parse-ms',
    ],
    ...['path-key', 'pretty-ms', 'shebang-command', 'shebang-regex', 'strip-final-newline', 'unicorn-magic'],
    ...['which', 'yoctocolors'],
  ],
  inquirer: [
    ...['@inquirer/ansi', '@inquirer/core', '@inquirer/figures', '@inquirer/type'],
    ...['cli-width', 'fast-string-truncated-width', 'fast-string-width', 'fast-wrap-ansi', 'mute-stream'],
  ],
}
const together = Object.fromEntries(
  Object.entries(stands).flatMap(([name, parts]) => parts.map((part) => [part, name])),
)

/** Groups for rolldown: a file for each package, then groups of our own modules, each with what its entry imports at once and no earlier group has; then all that several commands share. */
export function moduleGroups(root) {
  const entries = ['main', 'commands/print', 'commands/status', 'commands/setup']
  // `--help` looks at what `setup` says of itself, and needs nothing of what it does.
  const alone = resolve(root, 'src/commands/setup.ts')
  const taken = new Set([alone])
  const groups = entries.map((entry, index) => {
    const start = resolve(root, 'src', `${entry}.ts`)
    const files = [...closure(start)].filter((file) => isLight(file) && !taken.has(file))
    for (const file of files) taken.add(file)
    const own = new Set(files)
    const name = index === 0 ? 'start' : `start-${entry.split('/').at(-1)}`
    return { name, priority: 10 - index, test: (id) => own.has(id) }
  })
  const isShared = (id) => id !== alone && /[\\/]src[\\/].*\.ts$/.test(id) && isLight(id)
  const packages = { name: packageOf, debugName: 'packages', priority: 20, test: /[\\/]node_modules[\\/]/ }
  return [packages, ...groups, { name: 'core', minShareCount: 2, priority: 0, test: isShared }]
}

function packageOf(id) {
  const [, name] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id) ?? []
  return name && (together[name] ?? name).replace('/', '-').replace('@', '')
}

function closure(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  for (const name of importsOf(file)) if (name.startsWith('.')) closure(resolve(dirname(file), name), found)
  return found
}

function isLight(file) {
  return importsOf(file).every((name) => /^(?:\.|node:)/.test(name) || cheap.includes(name))
}

const known = new Map()

function importsOf(file) {
  if (!known.has(file)) {
    known.set(
      file,
      [...readFileSync(file, 'utf8').matchAll(staticImport)].map((match) => match[1]),
    )
  }
  return known.get(file)
}
