import { PassThrough, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import type { Host } from '../../../src/host/host.ts'
import { createTestHost } from '../../support/test-host.ts'

export const enter = '\r'
export const down = '\x1b[B'
export const up = '\x1b[A'
export const ctrlC = '\x03'
export const ctrlD = '\x04'

export interface AnsweringHost {
  readonly host: Host
  /** Everything that was shown so far, without colours. */
  shown(): string
  /** Waits until the text is shown, then presses the keys; a later call looks only at what is shown after this one. */
  answer(text: string, keys: string): Promise<void>
  readonly input: PassThrough
}

/** A host whose terminal is two streams in memory: what is asked can be read, and answered. */
export function createAnsweringHost(home: string, changes: Partial<Host> = {}): AnsweringHost {
  // Nothing listens there: no question reaches a real gateway.
  const env = { HOME: home, PATH: '', SHELL: '/bin/bash', HTTPS_PROXY: 'http://127.0.0.1:9' }
  const keychain = () => Promise.reject(new Error('no keychain here'))
  const base = createTestHost(home, { env, keychain, ...changes })
  const input = new PassThrough()
  let shown = ''
  let seen = 0
  let wake = () => {}
  const error = new Writable({
    write(chunk, _encoding, done) {
      shown += stripVTControlCharacters(String(chunk))
      wake()
      done()
    },
  })
  // A prompt ends what it writes to, except the real standard error.
  Object.assign(error, { _isStdio: true, columns: 120 })
  const terminal = { ...base.terminal, interactive: true, columns: 120, input, error }

  async function answer(text: string, keys: string): Promise<void> {
    while (!shown.includes(text, seen)) await new Promise<void>((resolve) => (wake = resolve))
    seen = shown.length
    // The prompt listens only after it has drawn itself.
    await new Promise((resolve) => setImmediate(resolve))
    input.write(keys)
  }

  return { host: { ...base, terminal }, shown: () => shown, answer, input }
}
