import { maskText } from '../secrets/mask-text.ts'
import type { Secret } from '../secrets/secret.ts'

/** What could command the terminal or reorder what is read. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu
const longest = 200

/** Text of a server's, fit for a line on the screen: one line, cut, no key and no control character in it. */
export function cleanServerText(text: string, key?: Secret): string {
  const line = maskText(text, key ? [key] : [])
    .replace(unprintable, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** The JSON object in a body, or an empty one. */
export function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The sentence in an error as this gateway's family shapes it: `message`, `error.message` or `error`; else ''. */
export function errorMessage(body: string): string {
  const { message, error } = readObject(body)
  const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
  return ([message, inner].find((text) => typeof text === 'string') as string | undefined) ?? ''
}
