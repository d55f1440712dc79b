import { UserError } from '../errors.ts'
import type { Gateway } from './gateway.ts'

/**
 * Refuses a host that a reader takes for another one: written with letters that are no plain ASCII, with a dot at its
 * end, or with a region's whole name in front of a foreign domain. Errors: UserError `unknown-host`, exit 2.
 */
export function refuseLookalike(text: string, url: URL, gateway: Gateway): void {
  const hosts = gateway.regions.map(({ origin }) => new URL(origin).hostname)
  const host = url.hostname
  const trap = hosts.find((known) => host.startsWith(`${known}.`))
  if (trap !== undefined) throw lookalike(`${host} is not ${trap}.`)
  if (host.endsWith('.')) throw lookalike(`${host} has a dot at its end.`)
  if (/[^\x21-\x7e]|%/.test(text.trim()))
    throw lookalike(`The host is written in other letters; it is ${host}.`)
}

function lookalike(reason: string): UserError {
  return new UserError({
    code: 'unknown-host',
    message: `${reason} The key would go there.`,
    hint: 'Write the host in plain ASCII as its owner does, or name a region: --region ID',
    exit: 2,
  })
}
