/** One call of the real program that changed the disk, or flushed it, with what it needs to be played again. */
export type Call =
  | { readonly verb: 'create' | 'mkdir' | 'chmod'; readonly path: string; readonly mode: number }
  | { readonly verb: 'chown' | 'sync' | 'unlink' | 'rmdir'; readonly path: string }
  | { readonly verb: 'rename'; readonly path: string; readonly to: string }
  | { readonly verb: 'writeFile'; readonly path: string; readonly data: string }
  /** The system refused it. */
  | { readonly verb: 'failed' }

const known = new Set([
  'create',
  'mkdir',
  'chmod',
  'chown',
  'sync',
  'unlink',
  'rmdir',
  'rename',
  'writeFile',
  'failed',
])

/** Reads what preload.mjs wrote. Throws when the program used a verb that the model of the disk does not know. */
export function readTrace(log: string): Call[] {
  const calls = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Call)
  const other = calls.find((call) => !known.has(call.verb))
  if (other) throw new Error(`the model of the disk does not know ${JSON.stringify(other)}`)
  return calls
}
