import { expect } from 'vitest'
import { Message } from '../../src/texts/message.ts'

// In a test a message is what it says in English: it can be compared with another one or with a mere string.
expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined => {
    if (!(a instanceof Message) && !(b instanceof Message)) return undefined
    const isText = (value: unknown) => typeof value === 'string' || value instanceof Message
    return isText(a) && isText(b) ? String(a) === String(b) : undefined
  },
])

// expect.stringContaining and expect.stringMatching ask for a string.
Object.defineProperties(Message.prototype, {
  [Symbol.toStringTag]: { value: 'String', configurable: true },
  includes: {
    value(this: Message, part: string) {
      return String(this).includes(part)
    },
    configurable: true,
  },
})
