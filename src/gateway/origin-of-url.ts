import { UserError } from '../errors.ts'
import type { Gateway } from './gateway.ts'
import { Origin } from './origin.ts'

/** The origin of a base URL that somebody uses already, whatever its path; undefined when it could be no `--gateway`. */
export function originOfUrl(text: string, gateway: Gateway): Origin | undefined {
  if (!URL.canParse(text.trim())) return undefined
  try {
    return Origin.parse(new URL(text.trim()).origin, gateway, true).origin
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
