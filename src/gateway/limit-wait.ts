import { readObject } from './server-text.ts'
import type { Reply } from './transport.ts'

/** How long a 429 asks to wait, as words: from Retry-After, else from `remainingMinutes` or `resetAt` of the body. */
export function limitWait({ headers, body }: Reply): string | undefined {
  const { error, ...own } = readObject(body)
  const told = { ...(typeof error === 'object' ? error : {}), ...own } as Record<string, unknown>
  return fromRetryAfter(headers['retry-after']) ?? inMinutes(told.remainingMinutes) ?? untilTime(told.resetAt)
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function fromRetryAfter(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  return /^\d{1,9}$/.test(value) ? `${value} s` : untilTime(value)
}

function inMinutes(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? `${Math.ceil(value)} min` : undefined
}

function untilTime(value: unknown): string | undefined {
  const time = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined
  return time && !Number.isNaN(time.getTime()) ? `until ${time.toISOString()}` : undefined
}
