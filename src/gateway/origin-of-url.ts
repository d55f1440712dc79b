import type { Gateway } from './gateway.ts'
import { Origin } from './origin.ts'

/** The origin of a base URL that somebody uses already, whatever its path; undefined when the text is no URL. */
export function originOfUrl(text: string, gateway: Gateway): Origin | undefined {
  if (!URL.canParse(text.trim())) return undefined
  return Origin.parse(new URL(text.trim()).origin, gateway, true).origin
}
