import { expect } from 'vitest'
import { Message } from '../../src/texts/message.ts'

// A message is compared by what it says in English, with another one or with a mere string.
expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined => {
    if (!(a instanceof Message) && !(b instanceof Message)) return undefined
    const isText = (value: unknown) => typeof value === 'string' || value instanceof Message
    return isText(a) && isText(b) ? String(a) === String(b) : undefined
  },
])
