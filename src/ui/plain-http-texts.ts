import type { RegionTime } from '../checks/check-regions.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { Consent } from '../ledger.ts'
import { escapeNewlines } from '../texts/message.ts'
import { renderTable } from './render-table.ts'
import { plainStyle, type Style } from './style.ts'

/** What is said of an origin without TLS: the one home of the explanation, and of the table beside it. */
export interface PlainHttpTexts {
  readonly title: (origin: string) => string
  /** What that means, one line each: what travels, who can read it, what this program can do, what helps. */
  readonly points: readonly string[]
  /** All of it in one sentence. */
  readonly short: string
  readonly agreed: (date: string) => string
  readonly never: string
  readonly more: string
  readonly asks: (tool: string, url: string, place: string) => string
  readonly saferTitle: string
  readonly region: string
  readonly tls: string
  readonly time: string
  readonly yes: string
  readonly no: string
  readonly states: Readonly<Record<'wrong' | 'silent' | 'not-measured', string>>
  readonly list: (items: readonly string[]) => string
}

/** The points of both languages are the same, in the same order. */
export const plainHttpEn: PlainHttpTexts = {
  title: (origin) => `${origin} is plain HTTP, without TLS.`,
  points: [
    'Your key, every prompt, every answer and every file that the agent reads travel unencrypted.',
    'Anyone on the way (the Wi-Fi, your provider, the networks in between) can read all of it, and can change it: also the answers that your agent then acts on.',
    'qcode-setup cannot protect this: the client talks to that address by itself.',
    'What helps: a region with TLS; a VPN, proxy or tunnel of your own (--gateway); a key that you use for this alone and replace when you leave (qcode-setup key rotate).',
  ],
  short:
    'plain HTTP: the key, prompts, answers and files that the agent reads travel unencrypted, and anyone on the way can read and change them.',
  agreed: (date) => `You agreed to this on ${date}.`,
  never: 'It is not agreed to on this machine.',
  more: '`qcode-setup doctor` tells more.',
  asks: (tool, url, place) => `${tool} asks ${url}, from ${place}`,
  saferTitle: 'With TLS:',
  region: 'Region',
  tls: 'TLS',
  time: 'Time',
  yes: 'yes',
  no: 'no',
  states: { wrong: 'wrong answer', silent: 'no answer', 'not-measured': 'not measured' },
  list: (items) => `With TLS: ${items.join(', ')}.`,
}

/** As `plainHttpEn`, point by point. */
export const plainHttpZhCn: PlainHttpTexts = {
  title: (origin) => `${origin} 使用明文 HTTP，没有 TLS。`,
  points: [
    '密钥、每一条提问与回答，以及编程工具读取的每个文件，均未加密传输。',
    '途中任何人（Wi-Fi、运营商、中间网络）都能读取全部内容，也能加以改动，包括编程工具随后会照做的回答。',
    'qcode-setup 对此无能为力：客户端是自行连接该地址的。',
    '可行的办法：选用带 TLS 的区域；自备 VPN、代理或隧道（--gateway）；为此单独使用一个密钥，停用时更换（qcode-setup key rotate）。',
  ],
  short: '明文 HTTP：密钥、提问、回答以及编程工具读取的文件均未加密传输，途中任何人都能读取和改动。',
  agreed: (date) => `您已于 ${date} 同意。`,
  never: '在本机上未经同意。',
  more: '详情见 `qcode-setup doctor`。',
  asks: (tool, url, place) => `${tool} 使用 ${url}（来自 ${place}）`,
  saferTitle: '带 TLS 的区域：',
  region: '区域',
  tls: 'TLS',
  time: '耗时',
  yes: '有',
  no: '无',
  states: { wrong: '响应不正确', silent: '无响应', 'not-measured': '未测量' },
  list: (items) => `带 TLS 的区域：${items.join('，')}。`,
}

/** What is said of a gateway without TLS, in the language of the host's locale. */
export function plainHttpTextsFor(host: Pick<Host, 'texts'>): PlainHttpTexts {
  return host.texts.language === 'zh-CN' ? plainHttpZhCn : plainHttpEn
}

/** The whole explanation. */
export function explainedFinding(origin: string): Finding {
  const text = (texts: PlainHttpTexts) =>
    [texts.title(origin), ...texts.points].map(escapeNewlines).join('\n')
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

/** What was measured as a small table: region, TLS or not, time. */
export function renderRegionTimes(
  times: readonly RegionTime[],
  texts: PlainHttpTexts,
  style: Style,
  columns: number,
): string {
  const rows = times.map((one) => [nameOf(one), one.tls ? texts.yes : texts.no, timeOf(one, texts)])
  return renderTable([texts.region, texts.tls, texts.time], rows, style, columns)
}

/** The regions with TLS and their times, in one line. */
export function listSaferRegions(times: readonly RegionTime[], texts: PlainHttpTexts): string {
  const safer = times.filter(({ tls }) => tls)
  return texts.list(safer.map((one) => `${one.region} ${timeOf(one, texts)}`))
}

function nameOf({ region, origin }: RegionTime): string {
  return region === 'custom' ? origin : region
}

function timeOf({ state, ms }: RegionTime, texts: PlainHttpTexts): string {
  return state === 'measured' ? `${ms} ms` : texts.states[state]
}
