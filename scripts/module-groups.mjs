// Which modules of src/ share a file of the bundle. Each file costs a start, and so does all that stands in a file and is not
// needed: so what every command runs is one file, what `print` runs besides is the next, and so on. Which modules a command
// loads is measured: `npm run flows` writes start-modules.json. A list that is old costs time; that no two files wait for each
// other is held by test/program/start-up.test.ts.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Packages that no module uses while it is loaded. Modules that use any other one may bring it along. */
const cheap = [
  '@cfworker/json-schema',
  'dotenv',
  'execa',
  'fastest-levenshtein',
  'fs-extra',
  'jsonc-parser',
  'semver/functions/satisfies.js',
  'smol-toml',
]

const staticImport = /^(?:import|export)\s(?!type\b)[^;'"]*?from '([^']+)'/gm

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

/**
 * Groups for rolldown: a file for each package, one for the English texts, which a command without a word does not load, then
 * the modules of each list; then all that several commands share.
 */
export function moduleGroups(root) {
  const source = resolve(root, 'src')
  const texts = resolve(source, 'texts/en.ts')
  // `--help` looks at what `setup` says of itself, and needs nothing of what it does.
  const alone = [texts, resolve(source, 'commands/setup.ts')]
  const taken = new Set()
  const groups = Object.entries(startModules(root)).map(([name, names], index) => {
    const files = names.map((file) => resolve(source, file)).filter((file) => existsSync(file))
    const own = new Set(files.filter((file) => !alone.includes(file) && isLight(file)))
    for (const file of own) taken.add(file)
    return { name, priority: 10 - index, test: (id) => own.has(id) }
  })
  // What these modules may need besides, in other states than were measured: by itself it would stand in files that they load.
  const besides = new Set([...taken].flatMap((file) => [...closure(file)]))
  const isBesides = (id) => besides.has(id) && !alone.includes(id) && isLight(id)
  const isShared = (id) => !alone.includes(id) && /[\\/]src[\\/].*\.ts$/.test(id) && isLight(id)
  // Colours are asked for with the first text that is written.
  const style = [resolve(source, 'ui/style.ts'), resolve(root, 'node_modules/picocolors/picocolors.js')]
  const packages = { name: packageOf, debugName: 'packages', priority: 20, test: /[\\/]node_modules[\\/]/ }
  return [
    packages,
    { name: 'style', priority: 21, test: (id) => style.includes(id) },
    { name: 'en', priority: 20, test: (id) => id === texts },
    ...groups,
    { name: 'core', priority: 1, test: isBesides },
    { name: 'shared', minShareCount: 2, priority: 0, test: isShared },
  ]
}

/** By the name of a file of the bundle, in the order in which commands need them: the modules in it, as paths in src/. */
export function startModules(root) {
  return JSON.parse(readFileSync(resolve(root, 'scripts/start-modules.json'), 'utf8'))
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
