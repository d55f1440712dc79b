import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { programPath } from '../support/run-program.ts'
import { canaryKey, findCanary } from './canary-keys.ts'
import { dropPlace, makePlace, type Place } from './place.ts'

const hasTracer = spawnSync('strace', ['-V']).status === 0
let place: Place | undefined
afterEach(() => place && dropPlace(place))

/** What the kernel saw of every program that was started, arguments and environment in full. */
function trace({ home, temporary, root }: Place, args: readonly string[]): string {
  const log = join(root, 'trace')
  const watch = ['-f', '-v', '-s', '100000', '-e', 'trace=execve', '-o', log]
  const env = { HOME: home, PATH: process.env.PATH, TMPDIR: temporary, SHELL: '/bin/bash' }
  spawnSync('strace', [...watch, process.execPath, programPath, ...args], { cwd: join(home, 'project'), env })
  return readFileSync(log, 'utf8')
}

describe.runIf(hasTracer)('the kernel', () => {
  it.each([
    [
      'setup',
      [
        '--tool',
        'all',
        '--scope',
        'project',
        '--key-file',
        '../key.txt',
        '--yes',
        '--no-check',
        '--allow-tracked',
      ],
    ],
    ['check', ['check', '--key-file', '../key.txt', '--gateway', 'http://127.0.0.1:9']],
    ['doctor', ['doctor', '--no-check']],
    ['prove', ['prove']],
    ['demo', ['demo']],
  ])('sees no program started with the key: %s', (_, args) => {
    place = makePlace({ '#600 key.txt': canaryKey })
    spawnSync('git', ['init', '-q'], { cwd: join(place.home, 'project') })
    const seen = trace(place, args)
    expect(seen).toContain('execve(')
    expect(findCanary(seen)).toBeUndefined()
  })
})
