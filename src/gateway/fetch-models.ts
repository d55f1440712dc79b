import { Secret } from '../secrets/secret.ts'
import type { Gateway } from './gateway.ts'
import type { Origin } from './origin.ts'

/** Time for the whole answer, its body included. */
const deadlineMs = 4000

/** What a model's name may look like: printable ASCII without blanks and commas, so that it fits into a flag and a line. */
const modelName = /^[!-+\--~]{1,100}$/

/**
 * Names of the models that the gateway offers for this key, sorted; a hint for a choice, no promise. A redirect is not
 * followed, since the key would go along. Never throws: whatever goes wrong gives an empty list.
 */
export async function fetchModels(
  origin: Origin,
  gateway: Gateway,
  key: Secret,
  fetch: typeof globalThis.fetch,
): Promise<string[]> {
  try {
    const reply = await fetch(origin.text + gateway.modelsRoute, {
      headers: { authorization: `Bearer ${Secret.reveal(key)}` },
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
    })
    return reply.ok ? namesIn(await reply.json()) : []
  } catch {
    return []
  }
}

/** The names in a list as OpenAI and Anthropic shape it: `{ data: [{ id }] }`. */
function namesIn(list: unknown): string[] {
  const { data } = list as { data: readonly { id?: unknown }[] }
  const names = data.map(({ id }) => id).filter((id) => typeof id === 'string' && modelName.test(id))
  return [...new Set(names as string[])].sort()
}
