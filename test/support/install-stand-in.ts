import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Programs that stand in for npm and the like: each notes its arguments and its environment, then does what `script` says. */
export interface StandIns {
  /** First in PATH, with what the scripts install. */
  readonly folder: string
  /** PATH with these and the system's shell, but no real npm, pipx or node. */
  readonly path: string
  add(name: string, script?: string): void
  /** Every call, as `NAME ARGUMENT ...`. */
  calls(): string[]
  /** The environments of all calls. */
  environment(): string
}

/** What npm does at its end: the program is there. */
export const installs = (program: string) =>
  `printf '#!/bin/sh\\necho 1.2.3\\n' > "$here/${program}"; /bin/chmod 755 "$here/${program}"`

/** The folder stands beside the home, so that a picture of the home shows what of the user's was changed. */
export function standIns(home: string): StandIns {
  const folder = join(dirname(home), 'stand-ins')
  const seen = join(dirname(home), 'seen')
  mkdirSync(folder, { recursive: true })
  const read = (name: string) =>
    existsSync(`${seen}.${name}`) ? readFileSync(`${seen}.${name}`, 'utf8') : ''
  return {
    folder,
    path: `${folder}:${join(dirname(home), 'commands')}`,
    add(name, script = '') {
      const head = `#!/bin/sh\nhere='${folder}'\necho "${name} $*" >> '${seen}.calls'\nexport -p >> '${seen}.env'\n`
      writeFileSync(join(folder, name), `${head}${script}\n`)
      chmodSync(join(folder, name), 0o755)
    },
    calls: () => read('calls').split('\n').filter(Boolean),
    environment: () => read('env'),
  }
}
