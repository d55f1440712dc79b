import { maskText } from '../secrets/mask-text.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import type { Gateway } from './gateway.ts'
import { judgeFailure, readObject } from './judge-failure.ts'
import { isPage, judgeKeyReply } from './judge-reply.ts'
import type { Origin } from './origin.ts'
import type { ProbeVerdict } from './probe-verdict.ts'
import type { Transport } from './transport.ts'

/** Time for the whole answer, its body included. */
export const deadlineMs = 4000

/** More than any gateway's list, and little enough for memory. */
const longestBody = 1024 * 1024

/** What a model's name may look like: printable ASCII without blanks and commas, so that it fits into a flag and a line. */
const modelName = /^[!-+\--~]{1,100}$/

/**
 * Names of the models that the gateway offers for this key, sorted; a hint for a choice, no promise. A redirect is not
 * followed, since the key would go along. Whatever goes wrong gives an empty list.
 */
export async function fetchModels(
  origin: Origin,
  gateway: Gateway,
  key: Secret,
  transport: Transport,
): Promise<string[]> {
  const reply = await transport({
    url: origin.text + gateway.modelsRoute,
    headers: { authorization: `Bearer ${Secret.reveal(key)}` },
    deadlineMs,
    longestBody,
  })
  return reply.kind === 'reply' && reply.status === 200 ? namesIn(reply.body, key) : []
}

/** The names in a list as OpenAI and Anthropic shape it: `{ data: [{ id }] }`; what holds a key is no name. */
function namesIn(body: string, key: Secret): string[] {
  try {
    const { data } = JSON.parse(body) as { data: readonly ({ id?: unknown } | null)[] }
    return cleanNames(
      data.map((entry) => entry?.id),
      key,
    )
  } catch {
    return []
  }
}

/** The names in it that may be shown and chosen, sorted and once. */
export function cleanNames(found: readonly unknown[], key: Secret): string[] {
  const names = found.filter((name) => typeof name === 'string')
  return [...new Set(names)].filter((name) => modelName.test(name) && maskText(name, [key]) === name).sort()
}

/** What one route said when it was asked for a list: `not-found` is a plain 404. */
export type ModelList =
  | {
      readonly path: string
      readonly kind: 'list'
      readonly names: readonly string[]
      /** Others that it lists, by names that cannot be shown or chosen. */
      readonly unnamed: number
      /** The gateway has more of them, which it does not tell at once. */
      readonly hasMore: boolean
    }
  | { readonly path: string; readonly kind: 'not-found' }
  | { readonly path: string; readonly kind: 'failed'; readonly verdict: ProbeVerdict }

/** The lists of all routes that may have one, asked at once. Never throws for what the gateway does. */
export function listModels(
  origin: Origin,
  gateway: Gateway,
  key: Secret,
  { transport, deadlineMs }: { readonly transport: Transport; readonly deadlineMs: number },
): Promise<ModelList[]> {
  const host = new URL(origin.text).host
  const ask = async (path: string, query = ''): Promise<ModelList> => {
    const reply = await transport({
      url: origin.text + path + query,
      headers: { authorization: `Bearer ${Secret.reveal(key)}` },
      deadlineMs,
      longestBody,
    })
    if (reply.kind === 'failure')
      return { path, kind: 'failed', verdict: judgeFailure(reply, host, deadlineMs) }
    if (reply.status === 404) return { path, kind: 'not-found' }
    const list = reply.status === 200 ? listIn(reply.body) : undefined
    if (list) {
      const names = namesIn(reply.body, key)
      return { path, kind: 'list', names, unnamed: list.listed - names.length, hasMore: list.hasMore }
    }
    const verdict =
      reply.status < 300 && !isPage(reply)
        ? {
            kind: 'captive-portal' as const,
            message: say('models.no-list-in', { host, path, status: String(reply.status) }),
          }
        : judgeKeyReply(reply, key, host, path)
    return { path, kind: 'failed', verdict }
  }
  const askForAll = async (path: string) => {
    const first = await ask(path)
    if (first.kind !== 'list' || !first.hasMore) return first
    const whole = await ask(path, wholeList)
    return whole.kind === 'list' ? whole : first
  }
  return Promise.all([gateway.modelsRoute, ...gateway.otherModelsRoutes].map(askForAll))
}

/** As clients ask that want all of them at once (Claude Code 2.1.328). */
const wholeList = '?limit=1000'

/** Undefined where there is no list, or one of other things. */
function listIn(body: string): { listed: number; hasMore: boolean } | undefined {
  const { data, has_more } = readObject(body)
  const isOfModels = (entry: { id?: unknown } | null) => typeof entry?.id === 'string'
  const isList = Array.isArray(data) && (data.length === 0 || data.some(isOfModels))
  if (!isList) return undefined
  return { listed: new Set(data.map((entry) => entry?.id)).size, hasMore: has_more === true }
}
