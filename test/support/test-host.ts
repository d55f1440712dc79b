import { Readable, Writable } from 'node:stream'
import type { Host } from '../../src/host/host.ts'
import { Interruption } from '../../src/host/interruption.ts'
import { createMemoryKeychain } from '../../src/host/throw-away-host.ts'
import { en } from '../../src/texts/en.ts'
import { chooseLanguage } from '../../src/texts/language.ts'
import type { Texts } from '../../src/texts/message.ts'
import { zhCN } from '../../src/texts/zh-CN.ts'
import { projectFolder } from './test-catalog.ts'
import { thisProcess } from './test-processes.ts'

/** The key of every test: of the right look, and nobody's. */
export const testKey = `cr_${'0123456789abcdef'.repeat(4)}`

/** A host without a terminal, in a home of its own, at a time that stands still. */
export function createTestHost(home: string, changes: Partial<Host> = {}): Host {
  let ids = 0
  const env = changes.env ?? { HOME: home, PATH: '', SHELL: '/bin/bash' }
  const keychain = createMemoryKeychain()
  return {
    env,
    texts: textsFor(env),
    home,
    packageFolder: projectFolder,
    cwd: home,
    platform: 'linux',
    runtime: 'Node.js v0.0.0, linux 0 on x64',
    machineName: 'test-machine',
    umask: 0o022,
    systemFolder: home,
    terminal: {
      interactive: false,
      outputIsSeen: false,
      color: { stdout: false, stderr: false },
      columns: 120,
      rows: 40,
      errorIsSeen: true,
      input: Readable.from([]),
      output: new Writable({ write: (_chunk, _encoding, done) => done() }),
      error: new Writable({ write: (_chunk, _encoding, done) => done() }),
      outputLost: async () => undefined,
    },
    readStdin: async () => new TextEncoder().encode(`${testKey}\n`),
    now: () => new Date('2026-01-02T03:04:05.678Z'),
    randomId: () => (++ids).toString(16).padStart(6, '0').padEnd(12, '0'),
    fetch: () => Promise.reject(new Error('no network in this test')),
    interruption: new Interruption(),
    onCancelled: () => {},
    onStrayError: () => {},
    isAlive: () => false,
    processes: thisProcess,
    run: async () => ({ exit: 1, stdout: '', stderr: '' }),
    runInForeground: async () => 1,
    keychain: async () => keychain,
    ...changes,
  }
}

/** The texts that the program would speak to somebody with this environment. */
export function textsFor(env: Host['env']): Texts {
  return chooseLanguage({ args: [], env, systemLocale: () => '' }) === 'en' ? en : zhCN
}
