import assert from 'node:assert/strict'
import type { KeyPath } from '../../../src/documents/document.ts'
import { UserError } from '../../../src/errors.ts'
import { canary } from './canary.ts'

/**
 * Runs what may refuse: the refusal, checked for what every one has to be, or undefined. All else goes on. The key path
 * of an edit comes from a template, so that a message may name it.
 */
export function refusalOf(action: () => unknown, path: KeyPath = []): UserError | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    assertRefusal(error)
    if (!path.join().includes(canary)) assertNoQuote(error)
    return error
  }
}

/** Tells what happened and what to do next, in bounds. */
export function assertRefusal({ message, hint, code }: UserError): void {
  assert.ok(message !== '' && hint, `${code} says too little: ${message}`)
  assert.ok(message.length < 10_000, `${code} says too much`)
}

/** Quotes no value of the file. */
function assertNoQuote({ message, hint, code }: UserError): void {
  assert.ok(!`${message}${hint}`.includes(canary), `${code} quotes a value: ${message}`)
}

/** A text that cannot be opened: the file, and a place that is in it unless the whole of it is the fault. */
export function assertPlace({ code, where }: UserError, file: string, text: string): void {
  assert.equal(where?.file, file, `${code} names no file`)
  if (code === 'too-deep' || code === 'too-many-values') return
  const lines = text.split(/\r\n|\r|\n/)
  assert.ok(Number.isInteger(where?.line) && where !== undefined, `${code} names no line`)
  const { line = 0, column = 1 } = where
  assert.ok(line >= 1 && line <= lines.length, `${code}: line ${line} of ${lines.length}`)
  assert.ok(column >= 1 && column <= text.length + 1, `${code}: column ${column}`)
}
