import type { Input } from '../request/input.ts'
import type { Outcome, Run, WritingContext } from './command.ts'

/** Each is loaded only when it is asked for: a client that waits for the key waits for nothing else. */
const verbs: Readonly<Record<string, () => Promise<Run<WritingContext>>>> = {
  set: async () => (await import('./key-set.ts')).setKey,
  get: async () => (await import('./key-get.ts')).getKey,
  rotate: async () => (await import('./key-rotate.ts')).rotateKey,
  forget: async () => (await import('./key-forget.ts')).forgetKey,
}

/** The key in the system's keychain, and in every file; the verb was checked with the command line. */
export async function runKey(input: Input, context: WritingContext): Promise<Outcome> {
  const load = verbs[input.positionals[0] ?? '']
  if (load === undefined) throw new Error('a verb of the table has no code')
  const run = await load()
  return run(input, context)
}
