import type { Consent } from '../apply/consent-store.ts'
import type { RegionTime } from '../checks/measure-regions.ts'
import { writeOutBreaks } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { type PlainHttpTexts, plainHttpEn, plainHttpZhCn } from '../ui/plain-http-texts.ts'
import { renderRegionTimes } from '../ui/render-region-times.ts'
import { plainStyle } from '../ui/style.ts'

/** The whole explanation. */
export function explainedFinding(origin: string): Finding {
  const text = (texts: PlainHttpTexts) =>
    [texts.title(origin), ...texts.points].map(writeOutBreaks).join('\n')
  return { ...plainHttpFinding(text), ownLines: true }
}

/** One line for who has agreed. */
export function agreedFinding({ origin, agreedAt }: Consent): Finding {
  return plainHttpFinding((texts) => `${texts.title(origin)} ${texts.agreed(dateOf(agreedAt))} ${texts.more}`)
}

/** The explanation in one sentence. */
export function shortFinding(origin: string): Finding {
  return plainHttpFinding((texts) => `${origin}: ${texts.short}`)
}

/** The safer choices as a table. */
export function saferFinding(times: readonly RegionTime[], { terminal }: Pick<Host, 'terminal'>): Finding {
  const text = (texts: PlainHttpTexts) =>
    `${texts.saferTitle}\n${renderRegionTimes(times, texts, plainStyle, terminal.columns - 2)}`
  return {
    id: 'safer-regions',
    level: 'info',
    message: text(plainHttpEn),
    messageZh: text(plainHttpZhCn),
    ownLines: true,
  }
}

/** When it was agreed to, or that it never was. */
export function consentText(consent: Consent | undefined, texts: PlainHttpTexts): string {
  return consent ? texts.agreed(dateOf(consent.agreedAt)) : texts.never
}

function plainHttpFinding(text: (texts: PlainHttpTexts) => string): Finding {
  return { id: 'plain-http', level: 'warning', message: text(plainHttpEn), messageZh: text(plainHttpZhCn) }
}

/** The day, as `2026-11-23`. */
function dateOf(time: string): string {
  return time.slice(0, 10)
}
