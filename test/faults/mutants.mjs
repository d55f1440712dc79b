// What the lane has to notice: the same project with one safeguard taken out. A mutant whose place is no longer found
// is an error, since it would prove nothing.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `tests` and `only` name the part of the lane that is meant to catch it. */
export const mutants = [
  {
    name: 'contents are not flushed',
    changes: [['src/apply/file-system.ts', 'flush: (file) => file.sync(),', 'flush: async () => {},']],
    tests: 'power',
    only: '^setup:',
  },
  {
    name: 'names are not flushed',
    changes: [['src/apply/file-system.ts', '  await folder.sync()', '  await folder.stat()']],
    tests: 'power',
    only: '^setup:',
  },
  {
    name: 'the lock is not taken',
    changes: [
      [
        'src/apply/state-lock.ts',
        'await step(folder, () => acquire(folder, host, fileSystem, times))',
        'crypto.randomUUID()',
      ],
      ['src/apply/state-lock.ts', 'if (!isOwner(folder, token)) throw lockLost()', ''],
    ],
    tests: 'races',
    only: '',
  },
  {
    name: 'a failed run is not rolled back',
    changes: [
      [
        'src/apply/restore-run.ts',
        'const restored = await restoreRun(run, writer)',
        'const restored: Restored = { run, leftAlone: [], failures: [] }',
      ],
    ],
    tests: 'calls',
    only: '^setup:',
  },
]

const parts = [
  'bin',
  'scripts',
  'src',
  'templates',
  'test',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vitest.config.ts',
]

/** Makes a copy of the project with a mutant's change in it; gives its folder. */
export function makeMutant(project, { name, changes }) {
  const folder = mkdtempSync(join(tmpdir(), 'qcode-mutant-'))
  for (const part of parts) {
    cpSync(join(project, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  try {
    for (const [file, from, to] of changes) {
      const path = join(folder, file)
      writeFileSync(path, changeOnce(readFileSync(path, 'utf8'), from, to, `mutant "${name}": ${file}`))
    }
    return folder
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
}

/** The text with one place changed, which has to be there, and once. */
export function changeOnce(text, from, to, where) {
  if (text.split(from).length !== 2) throw new Error(`${where} does not hold, once: ${from}`)
  return text.replace(from, () => to)
}
