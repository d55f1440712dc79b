import { maskLines, maskText } from './mask-text.ts'
import { maskKey, type Secret } from './secret.ts'
import { isPlainValue, isSecretGroup, secrecyOf } from './secret-name.ts'
import { type Assignment, type Span, valueSpans } from './value-spans.ts'

/** The places in a text at which something can begin: an escaped sign, a quote, a brace, a line, or a name and what follows it. */
const token =
  /(?<header>^[ \t]*\[{1,2}(?<section>[^[\]{}=,\n]{1,200})\]{1,2}[ \t\r]*(?:#.*)?$)|(?<escaped>\\.)|(?<quote>["'`])|(?<brace>[{}[\]])|(?<line>\n)|(?<![\p{L}\p{N}_.\\-])(?<name>-{0,2}(?:\\u[\da-fA-F]{4}|[\p{L}_])(?:\\u[\da-fA-F]{4}|[\p{L}\p{N}_.-])*)(?:(?<close>\\*["'`])?[\])}]?(?<separator>[ \t]*(?:=>|:=|\?=|\+=|<<<|[=:,])[ \t]*|[ \t]+))?/gmu

const bearer =
  /\b([Bb]earer)([ \t]+)(?!(?:tokens?|auth\w*|header|scheme)\b)([^\s"'`,;$<{…]{2,}(?![^\s"'`,;]*…))/g
const userOption = /(?<=\s)(-u|--user)([ =]+["']?)([\w.-]+):([^\s"']+)/g

/** `name: NAME` beside `value: …`, in this order or the other. */
const named =
  /(?:name|key|variable)["']?\s{0,9}[:=]\s{0,99}["']?([\w.-]+)["']?\s{0,99},?\s{0,99}["']?values?["']?\s{0,9}[:=][ \t]*/gi
const valued =
  /(?<=values?["']?\s{0,9}[:=]\s{0,9})("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,}"']+)\s{0,99},?\s{0,99}["']?(?:name|key|variable)["']?\s{0,9}[:=]\s{0,99}["']?([\w.-]+)/gi

/**
 * The text of a user's file with every secret masked: the given ones, all that `maskText` knows by its look, and each value
 * whose name says that it is one, however short. Knows assignments as shells, TOML, YAML, JSON, INI, `.netrc` and options
 * of commands spell them, commented out as well, without parsing: what no parser would take is masked too. Keeps the lines.
 */
export function maskFileText(text: string, secrets: readonly Secret[]): string {
  const known = maskText(text, secrets)
    .replace(bearer, (_, scheme, gap, value) => `${scheme}${gap}${maskKey(value)}`)
    .replace(userOption, (_, option, gap, user) => `${option}${gap}${user}:••••`)
  return hide(known, [...assignedSpans(known), ...pairSpans(known)])
}

function hide(text: string, spans: readonly Span[]): string {
  const inOrder = spans
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end)
  const parts: string[] = []
  let done = 0
  for (const { start, end } of inOrder) {
    if (end <= done) continue
    const begin = Math.max(start, done)
    parts.push(text.slice(done, begin), maskLines(text.slice(begin, end)))
    done = end
  }
  return [...parts, text.slice(done)].join('')
}

/** One walk over the text: quotes and braces count within a line, sections until the next one. */
function assignedSpans(text: string): Span[] {
  const spans: Span[] = []
  let inside: string | undefined
  let depth = 0
  let isGroup = false
  let done = 0
  for (const match of text.matchAll(token)) {
    const { header, section = '', quote, brace, line, name, close, separator } = match.groups ?? {}
    const start = match.index
    if (header !== undefined) isGroup = isSecretGroup(section.split('.').at(-1) ?? '')
    else if (line !== undefined) {
      inside = undefined
      depth = 0
    } else if (brace !== undefined) depth += inside ? 0 : '{['.includes(brace) ? 1 : -1
    if (quote !== undefined) inside = nextInside(inside, quote, text[start - 1] ?? '', text[start - 2] ?? '')
    if (name === undefined) continue
    const isQuoted = close !== undefined && close.at(-1) === inside && close.length === 1
    if (isQuoted) inside = undefined
    if (separator === undefined || start < done) continue
    const assignment = {
      name,
      separator,
      start,
      at: start + match[0].length,
      inside,
      isInFlow: depth > 0,
    }
    if (!isAssigned(assignment, close !== undefined, text)) continue
    const found = valueSpans(text, assignment, isGroup && separator.includes('='))
    spans.push(...found)
    done = Math.max(done, ...found.map(({ end }) => end))
  }
  return spans
}

/** An apostrophe within a word opens nothing; `r'` and `$'` do. */
function nextInside(inside: string | undefined, quote: string, last: string, beforeLast: string) {
  if (inside !== undefined) return inside === quote ? undefined : inside
  return quote === "'" && /[a-z]/i.test(last) && /[a-z]/i.test(beforeLast) ? undefined : quote
}

/** What a row of a table ends with, such as one of a file of cookies: no word. */
const lastCell = /^(?=\S*\d)[^\s"'`]{8,}[ \r]*(?:\n|$)/
const longestCell = 2000

/** A blank or a comma assigns only in some places: after an option, `set`, `Env:`, between the words of a call, at the end of a row. */
function isAssigned({ separator, start, at, name }: Assignment, isQuoted: boolean, text: string): boolean {
  if (/[:=]|<<</.test(separator)) return true
  const isOption = name.startsWith('-')
  const before = text.slice(Math.max(0, start - 80), start)
  if (separator === '\t') return lastCell.test(text.slice(at, at + longestCell))
  if (separator.includes(',')) return isQuoted && (isOption || /\(\s*["']?$/.test(before))
  if (isOption || /Env:$/i.test(before)) return true
  if (/(?:^|\n)[ \t#]*(?:set|setenv|setx|ENV)[ \t]+(?:-{1,2}[\w-]+[ \t]+)*["']?$/.test(before)) return true
  return name === 'password' && /(?:^|\n)[ \t]*(?:machine|login|default|account)\b.*$/.test(before)
}

function pairSpans(text: string): Span[] {
  const forwards = [...text.matchAll(named)].flatMap((match) => {
    const at = match.index + match[0].length
    const isInFlow = /\{[^\n]*$/.test(text.slice(Math.max(0, at - 200), at))
    const pair = { name: match[1] ?? '', separator: '=', start: match.index, at, inside: undefined, isInFlow }
    return valueSpans(text, pair, false)
  })
  const backwards = [...text.matchAll(valued)].flatMap(({ index, 1: value = '', 2: name = '' }) =>
    secrecyOf(name) && !isPlainValue(value.replace(/^["']|["']$/g, ''), name)
      ? [{ start: index, end: index + value.length }]
      : [],
  )
  return [...forwards, ...backwards]
}
