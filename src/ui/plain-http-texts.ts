import type { RegionTime } from '../checks/check-regions.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { Consent } from '../ledger.ts'
import { joined, Message, say, type Texts } from '../texts/message.ts'
import { renderTable } from './render-table.ts'
import { plainStyle, type Style } from './style.ts'

/** What an origin without TLS means, one line each: what travels, who can read it, what this program can do, what helps. */
export const httpPoints = ([1, 2, 3, 4] as const).map((point) => say(`http.point-${point}`))

/** The whole explanation. */
export function explainedFinding(origin: string): Finding {
  return plainHttpFinding(joined([say('http.title', { origin }), ...httpPoints]))
}

/** One line for who has agreed. */
export function agreedFinding(consent: Consent): Finding {
  const { origin } = consent
  const sentences = [say('http.title', { origin }), consentText(consent), say('http.more')]
  return plainHttpFinding(say('http.sentences', { sentences }))
}

/** The explanation in one sentence. */
export function shortFinding(origin: string): Finding {
  const sentences = [say('http.title', { origin }), say('http.short')]
  return plainHttpFinding(say('http.sentences', { sentences }))
}

/** The safer choices as a table. */
export function saferFinding(times: readonly RegionTime[], { terminal }: Pick<Host, 'terminal'>): Finding {
  const table = new Message((texts) => renderRegionTimes(times, texts, plainStyle, terminal.columns - 2))
  return { id: 'safer-regions', level: 'info', message: joined([say('http.safer'), table]) }
}

/** When it was agreed to, as `2026-11-23`, or that it never was. */
export function consentText(consent: Consent | undefined): Message {
  return consent ? say('http.agreed', { date: consent.agreedAt.slice(0, 10) }) : say('http.never')
}

function plainHttpFinding(message: Message): Finding {
  return { id: 'plain-http', level: 'warning', message }
}

/** What was measured as a small table: region, TLS or not, time. */
export function renderRegionTimes(
  times: readonly RegionTime[],
  texts: Texts,
  style: Style,
  columns: number,
): string {
  const rows = times.map((one) => [
    nameOf(one, texts),
    texts[one.tls ? 'http.yes' : 'http.no'],
    timeOf(one).in(texts),
  ])
  const head = [texts['check.region'], texts['http.encrypted'], texts['http.time']]
  return renderTable(head, rows, style, columns)
}

/** The regions with TLS and their times, in one line. */
export function listSaferRegions(times: readonly RegionTime[]): Message {
  const safer = times.filter(({ tls }) => tls)
  return say('http.list', {
    regions: safer.map((one) => say('http.list.region', { region: one.title, time: timeOf(one) })),
  })
}

function nameOf({ region, origin, title }: RegionTime, texts: Texts): string {
  return region === 'custom' ? origin : title.in(texts)
}

function timeOf({ state, ms }: RegionTime): Message {
  return state === 'measured' ? new Message(() => `${ms} ms`) : say(`http.${state}`)
}
