import { createContext, runInContext } from 'node:vm'

/** In ms: more than any pattern that was meant well takes, also on a machine that is busy with something else. */
const timeout = 1000

/** Nothing of this program's is in it. */
const room = createContext(Object.create(null))

/** Patterns that once took too long: they are not tried again. */
const hopeless = new Set<string>()

/**
 * Whether a text matches a regular expression out of a tool's folder. One that takes too long does not match: some need
 * more than a lifetime for a short text.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (hopeless.has(pattern)) return false
  try {
    return runInContext(`new RegExp(${JSON.stringify(pattern)}).test(${JSON.stringify(text)})`, room, {
      timeout,
    })
  } catch {
    hopeless.add(pattern)
    return false
  }
}
