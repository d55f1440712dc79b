import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { canaryKey } from './canary-keys.ts'
import type { Place } from './place.ts'
import { plantedHome } from './user-files.ts'
import type { Journey, Step } from './walk.ts'

/** Clients that print all they are given, and fail. */
const installClients = ({ commands, home }: Place) => {
  for (const name of ['codex', 'claude', 'aider', 'cline']) {
    const file = join(commands, name)
    writeFileSync(file, '#!/bin/sh\necho "0.169.0 $*"\n/usr/bin/env\n/bin/cat "$HOME"/.codex/.env\nexit 1\n')
    chmodSync(file, 0o755)
  }
  writeFileSync(join(home, 'key.txt'), canaryKey, { mode: 0o600 })
}

const fromFile = ['--key-file', 'key.txt', '--yes', '--no-check', '--on-conflict', 'overwrite']
const daemon = { '.codex/app-server-daemon/daemon.pid': JSON.stringify({ pid }) }

/** What is started here: clients, git, the list of processes. None of it is given the key. */
export const clientRuns: readonly Journey[] = [
  {
    name: 'clients that tell what they were given',
    files: plantedHome,
    steps: inAllModes(['--tool', 'detected', ...fromFile], ['doctor', '--no-check'], ['prove'], ['status']),
  },
  {
    name: 'a daemon that is restarted',
    files: { ...plantedHome, ...daemon },
    // It is the user's own client and gets the user's environment; what else we know of the key it does not.
    steps: inAllModes(
      ['--tool', 'codex', ...fromFile, '--restart-daemons'],
      ['switch', 'eu', '--yes', '--no-check', '--restart-daemons'],
    ).map((step) => ({ ...step, env: { ...step.env, QCODE_API_KEY: '' } })),
  },
]

function inAllModes(...lines: readonly string[][]): Step[] {
  const [first, ...others] = lines.flatMap((args): Step[] => [
    { args: [...args, '--json'], env: { NODE_DEBUG: 'child_process', DEBUG: '*' } },
    { args, env: { EXECA_VERBOSE: 'full' } },
  ])
  return first ? [{ ...first, before: installClients }, ...others] : []
}
