import type { Gateway } from './gateway.ts'
import { hostIn, meansGateway } from './region-meant.ts'

/** Whether a base URL is, or was meant to be, one of the gateway or of a relay that the user chose. */
export function isForGateway(text: string, gateway: Gateway, knownOrigins: readonly string[]): boolean {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url && knownOrigins.includes(url.origin)) return true
  return meansGateway(hostIn(text) ?? '', gateway)
}
