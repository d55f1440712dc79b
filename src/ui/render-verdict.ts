import type { GatewayCheck } from '../checks/check-gateway.ts'
import type { Probe } from '../gateway/probe-route.ts'
import { asMessage, type Message, say, type Texts } from '../texts/message.ts'
import { wrapText } from './render-table.ts'
import type { Style } from './style.ts'

/** How a check is shown. */
export interface CheckPage {
  readonly texts: Texts
  readonly style: Style
  readonly columns: number
  /** Where sentences are wrapped: what is not a terminal breaks lines itself, or searches them. */
  readonly wrapAt: number
  readonly titles: ReadonlyMap<string, string>
  /** `set-up`: the key that stands in the tools' files was tried; `given`: another one. */
  readonly keySource: 'given' | 'set-up'
}

/** A region as people know it, with the id that is typed for it. */
export function nameOf({ origin }: GatewayCheck): Message {
  const { title, region: id } = origin
  return say(origin.isUnencrypted ? 'check.name.unencrypted' : 'check.name', { title, id })
}

/** Every probe of a check, in the order in which they were made. */
export function probesOf({ routes, key = [], live = [] }: GatewayCheck): Probe[] {
  return [...routes, ...key, ...live]
}

/** Whether it works, in one sentence, and what to do where it does not. */
export function renderVerdict(
  checks: readonly GatewayCheck[],
  { texts, style, wrapAt, keySource }: CheckPage,
): string {
  const wrong = checks.filter((check) => probesOf(check).some(({ level }) => level === 'error'))
  const line = (mark: string, text: Message) => `${mark} ${wrapText(text.in(texts), wrapAt - 2).join('\n  ')}`
  const [first] = wrong
  if (!first) {
    const tested = checks.some(({ key }) => key?.some(({ verdict }) => verdict === 'key-accepted'))
    const one = say(tested ? 'check.works.key' : 'check.works')
    const all = say(tested ? 'check.all-work.key' : 'check.all-work', { regions: checks.length })
    return line(style.green('✔'), checks.length === 1 ? one : all)
  }
  if (checks.length > 1) return line(style.red('✗'), say('check.some-fail', { regions: wrong.map(nameOf) }))
  const fault = probesOf(first).find(({ level }) => level === 'error')
  const isSetUpKey = keySource === 'set-up' && fault !== undefined && fault.verdict.startsWith('key-')
  const way = isSetUpKey ? asMessage('qcode-setup key rotate') : fault?.hint
  const hint = way === undefined ? '' : `\n  ${wrapText(`→ ${way.in(texts)}`, wrapAt - 2).join('\n    ')}`
  return line(style.red('✗'), say('check.not-working', { fault: fault?.message ?? '' })) + hint
}
