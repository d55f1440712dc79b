import { Secret } from '../secrets/secret.ts'
import { cleanNames, deadlineMs } from './fetch-models.ts'
import type { Gateway } from './gateway.ts'
import { readObject, readTime } from './judge-failure.ts'
import type { Origin } from './origin.ts'
import type { Transport } from './transport.ts'

/** What a limit is of: requests, tokens, or what they cost in US dollars. */
export const budgetKinds = [
  { kind: 'day-cost', limit: 'dailyCostLimit', used: 'currentDailyCost', isCost: true },
  { kind: 'opus-week-cost', limit: 'weeklyOpusCostLimit', used: 'weeklyOpusCost', isCost: true },
  { kind: 'total-cost', limit: 'totalCostLimit', used: 'currentTotalCost', isCost: true },
  { kind: 'window-cost', limit: 'rateLimitCost', used: 'currentWindowCost', isCost: true },
  { kind: 'window-requests', limit: 'rateLimitRequests', used: 'currentWindowRequests', isCost: false },
  { kind: 'window-tokens', limit: 'tokenLimit', used: 'currentWindowTokens', isCost: false },
] as const

/** One limit of a key; `used` is left out where the gateway does not tell it. */
export interface Budget {
  readonly kind: (typeof budgetKinds)[number]['kind']
  readonly limit: number
  readonly used?: number
}

/** What a gateway tells of a key; what is left out has no limit, or none that was told. */
export interface KeyLimits {
  /** Tokens, since there has been the key. */
  readonly used: number
  readonly budgets: readonly Budget[]
  /** After so many minutes the budgets of the window begin anew. */
  readonly windowMinutes?: number
  /** Requests at the same time. */
  readonly atOnce?: number
  /** A day, such as 2027-01-31. */
  readonly expires?: string
  readonly refusedModels: readonly string[]
}

/**
 * What the gateway tells of a key's limits, for no tokens; undefined where it does not. A redirect is not followed, since the
 * key would go along. Never throws for what the gateway does.
 */
export async function fetchLimits(
  origin: Origin,
  { limitsRoutes, spendingRoute }: Gateway,
  key: Secret,
  transport: Transport,
): Promise<KeyLimits | undefined> {
  const ask = async (path: string, request: { headers: Record<string, string>; body?: string }) => {
    const reply = await transport({ url: origin.text + path, ...request, deadlineMs })
    if (reply.kind === 'failure') return undefined
    return { told: reply.status === 200 ? readObject(reply.body) : {} }
  }
  for (const path of limitsRoutes) {
    const reply = await ask(path, { headers: { authorization: `Bearer ${Secret.reveal(key)}` } })
    if (!reply) return undefined
    const info = { ...reply.told, ...objectIn(reply.told.keyInfo) }
    const { used, told } = ofKeyInfo(info)
    if (used === undefined) continue
    if (spendingRoute === undefined || !keyId.test(String(info.id))) return limitsIn(used, told, key)
    const headers = { 'content-type': 'application/json' }
    const spending = await ask(spendingRoute, { headers, body: JSON.stringify({ apiId: info.id }) })
    return limitsIn(used, ofSpending(objectIn(spending?.told.data)) ?? told, key)
  }
  return undefined
}

/** The id under which the family knows a key, which is nobody's secret: with it, the second question needs no key. */
const keyId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

type Told = Readonly<Record<string, unknown>>

function objectIn(value: unknown): Told {
  return typeof value === 'object' && value !== null ? (value as Told) : {}
}

/**
 * Both shapes of the family's key-info in the names of the other route. Its limit of tokens is one of the window, of which the
 * shorter shape tells nothing; the tokens that it calls left are of no window, so that they are nothing that one may go by.
 */
function ofKeyInfo(info: Told): { readonly used: number | undefined; readonly told: Told } {
  const { window, requests } = objectIn(info.rate_limit)
  const { enabled, models } = objectIn(info.model_restrictions)
  const told = {
    tokenLimit: info.token_limit,
    rateLimitWindow: window,
    rateLimitRequests: requests,
    concurrencyLimit: info.concurrency_limit,
    refused: enabled === true ? models : [],
  }
  return { used: countIn(info.tokens_used ?? objectIn(objectIn(info.usage).total).tokens), told }
}

function ofSpending({ limits, restrictions, expiresAt }: Told): Told | undefined {
  if (limits === undefined) return undefined
  const { enableModelRestriction, restrictedModels } = objectIn(restrictions)
  return { ...objectIn(limits), expiresAt, refused: enableModelRestriction === true ? restrictedModels : [] }
}

/** A limit of 0 is none, and so are those of a window without a length. */
function limitsIn(used: number, told: Told, key: Secret): KeyLimits {
  const windowMinutes = countIn(told.rateLimitWindow) || undefined
  const atOnce = countIn(told.concurrencyLimit) || undefined
  const expires = readTime(told.expiresAt)?.slice(0, 10)
  const budgets = budgetKinds.flatMap(({ kind, ...names }): Budget[] => {
    const read = names.isCost ? amountIn : countIn
    const [limit, spent] = [read(told[names.limit]), read(told[names.used])]
    const isOfWindow = kind.startsWith('window-')
    if (!limit || (isOfWindow && windowMinutes === undefined)) return []
    // Where there is a limit of the window's tokens, the gateway does not look at its costs.
    if (kind === 'window-cost' && amountIn(told.tokenLimit)) return []
    return [{ kind, limit, ...(spent !== undefined && { used: spent }) }]
  })
  return {
    used,
    budgets,
    ...(windowMinutes !== undefined && { windowMinutes }),
    ...(atOnce !== undefined && { atOnce }),
    ...(expires !== undefined && { expires }),
    refusedModels: Array.isArray(told.refused) ? cleanNames(told.refused, key) : [],
  }
}

function amountIn(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined
}

function countIn(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? amountIn(value) : undefined
}
