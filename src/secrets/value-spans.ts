import { isPlainValue, isSecretGroup, secrecyOf } from './secret-name.ts'

/** A stretch of the text that is not to be seen. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One name with what stands between it and its value, as the walk meets it. */
export interface Assignment {
  readonly name: string
  readonly separator: string
  /** Where the name begins, and where its value does. */
  readonly start: number
  readonly at: number
  /** The quote that the assignment stands inside of. */
  readonly inside: string | undefined
  /** Whether it stands in braces that were opened in the same line. */
  readonly isInFlow: boolean
}

/** What is to be hidden of the value of a name; nothing where the name says nothing, or the value may be read. */
export function valueSpans(text: string, assignment: Assignment, isForced: boolean): Span[] {
  const { name, separator, at } = assignment
  const isSecret = isForced || secrecyOf(name) !== undefined
  if (!isSecret) return []
  const opener = openerAt(text, at)
  if (opener && opener.quote === assignment.inside) return []
  if (!opener && /[{[(]/.test(text[at] ?? '')) {
    if (isPlainValue(restOfLine(text, at), name)) return []
    return text[at] === '{' && !isForced && !isSecretGroup(name) ? [] : containerSpans(text, at, name)
  }
  if (!opener && separator.includes(':') && assignment.inside === undefined && !assignment.isInFlow) {
    const block = blockSpans(text, assignment)
    if (block) return block
  }
  const span = opener ? quotedSpan(text, at, opener, assignment.inside) : bareSpan(text, assignment)
  return isPlainValue(text.slice(span.start, span.end), name) ? [] : [span]
}

interface Opener {
  readonly quote: string
  readonly length: number
}

function openerAt(text: string, at: number): Opener | undefined {
  const [quote] = text.slice(at, at + 12).match(/^(?:"""|'''|\\{0,8}["'`])/) ?? []
  return quote === undefined ? undefined : { quote, length: quote.length }
}

/** Inside the quotes; where a shell joins more to it, all of it. An open quote reaches to the end of its line. */
function quotedSpan(text: string, at: number, { quote, length }: Opener, inside: string | undefined): Span {
  const start = at + length
  const close = closeOf(text, start, quote)
  if (close === undefined) return { start, end: lineEnd(text, start) }
  let end = Math.max(close + length, quote === "'" ? couldEnd(text, start) : 0)
  if (end === close + length && isEndOfValue(text, end, inside)) return { start, end: close }
  while (!isEndOfValue(text, end, inside)) {
    const joined = text[end] ?? ''
    // Three in a row are no quote of their own here: a quote in the value is doubled, or an empty text is joined.
    const nextClose = /["'`]/.test(joined) ? closeOf(text, end + 1, joined) : undefined
    end = nextClose === undefined ? end + (joined === '\\' ? 2 : 1) : nextClose + 1
  }
  return { start: at, end }
}

const longestDoubt = 2000

/** What a backslash before an apostrophe is, an escape or the end of a text, differs by shell: all of the line that could be the value is hidden. */
function couldEnd(text: string, start: number): number {
  const [line = ''] = text.slice(start, start + longestDoubt).split('\n')
  return line.includes("\\'") ? start + line.lastIndexOf("'") + 1 : 0
}

/** Behind a backslash a quote is none; a single one only where the line has another that can end it, as shells differ. */
function closeOf(text: string, from: number, quote: string): number | undefined {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    const slashes = slashesBefore(text, at, from)
    if (slashes === 0 || (slashes % 2 === 0 && !quote.startsWith('\\'))) return at
    if (quote === "'" && endInside(text, at + 1, quote) === lineEnd(text, at)) return at
  }
  return undefined
}

function slashesBefore(text: string, at: number, from: number): number {
  let count = 0
  while (at - count > from && text[at - count - 1] === '\\') count += 1
  return count
}

function isEndOfValue(text: string, at: number, inside: string | undefined): boolean {
  const next = text[at]
  return next === undefined || next === inside || /[\s,;:)\]}&|<>]/.test(next)
}

/** Up to the end of the line, of the string that it stands in, or of the braces. */
function bareSpan(text: string, { at, inside, isInFlow, separator }: Assignment): Span {
  let end = inside ? endInside(text, at, inside) : lineEnd(text, at)
  if (!inside && isInFlow) end = Math.min(end, at + text.slice(at, end).search(/[,}\]]|$/))
  while (!inside && text[end - 1] === '\\' && end < text.length) end = lineEnd(text, end + 1)
  if (
    !separator.includes(' ') &&
    /[?&]$/.test(text.slice(Math.max(0, at - 80), at).replace(/[\w.-]+=$/, ''))
  ) {
    end = Math.min(end, at + text.slice(at, end).search(/[&#\s"'`]|$/))
  }
  return { start: at, end: at + text.slice(at, end).trimEnd().replace(/[,;]$/, '').length }
}

function endInside(text: string, from: number, quote: string): number {
  const line = lineEnd(text, from)
  const close = text.indexOf(quote, from)
  return close === -1 || close > line ? line : close
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  const last = end === -1 ? text.length : end
  return text[last - 1] === '\r' ? Math.max(from, last - 1) : last
}

function restOfLine(text: string, at: number): string {
  return text.slice(at, Math.min(at + 300, lineEnd(text, at))).replace(/["'`;,\s]+$/, '')
}

/** A list's or a table's values, to the brace that ends it. Names in it are left to be read. */
function containerSpans(text: string, at: number, name: string): Span[] {
  const item = /"(?:[^"\\]|\\[\s\S])*"|'[^'\n]*'|[^\s{}[\](),"':=#]+|[{}[\]()]/g
  item.lastIndex = at
  const spans: Span[] = []
  let depth = 0
  for (let match = item.exec(text); match; match = item.exec(text)) {
    const [word] = match
    if ('{[('.includes(word)) depth += 1
    else if ('}])'.includes(word)) depth -= 1
    else if (!/^\s*[:=]/.test(text.slice(item.lastIndex, item.lastIndex + 40))) {
      const trim = /^["']/.test(word) ? 1 : 0
      const value = word.slice(trim, word.length - trim)
      if (!isPlainValue(value, name)) {
        spans.push({ start: match.index + trim, end: match.index + word.length - trim })
      }
    }
    if (depth <= 0) break
  }
  // The walk goes on behind it.
  const end = item.lastIndex || text.length
  return [...spans, { start: end, end }]
}

/** What YAML lays below a name: a block, a list, a text that goes on. Undefined where the value stands on the line alone. */
function blockSpans(text: string, { start, at, name }: Assignment): Span[] | undefined {
  const end = lineEnd(text, at)
  const rest = text
    .slice(at, end)
    .replace(/(?:^|\s)#.*$/, '')
    .trim()
  const isBlock = /^(?:[&!]\S+\s+)*[|>][\d+-]*$/.test(rest)
  const isBare = /^[^"'`{[|>]/.test(rest)
  if (rest !== '' && !isBlock && !isBare) return undefined
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const column = text.slice(lineStart, start).replace(/["']$/, '').length
  const below = linesBelow(text, end, column)
  const spans = below.flatMap((line) => itemSpans(line, name, isBlock))
  if (rest === '') return jsonValueBelow(text, start, end) ?? spans
  if (isBlock) return spans
  return spans.length === 0 ? undefined : [{ start: at, end }, ...spans]
}

/** `"name":` and its string on the next line. */
function jsonValueBelow(text: string, start: number, end: number): Span[] | undefined {
  if (text[start - 1] !== '"') return undefined
  const [gap, quote] = text.slice(end, end + 200).match(/^\s*(")/) ?? []
  if (gap === undefined || quote === undefined) return undefined
  return [quotedSpan(text, end + gap.length - 1, { quote, length: 1 }, undefined)]
}

interface Line extends Span {
  readonly text: string
}

/** The lines that stand deeper than a column, and a list's items at the column itself. */
function linesBelow(text: string, end: number, column: number): Line[] {
  const lines: Line[] = []
  let start = text.indexOf('\n', end) + 1
  while (start > 0 && start < text.length) {
    const stop = lineEnd(text, start)
    const line = text.slice(start, stop)
    const indent = line.search(/\S|$/)
    if (line.trim() !== '' && indent <= column && !(indent === column && /^- /.test(line.slice(indent))))
      break
    lines.push({ text: line, start, end: stop })
    start = text.indexOf('\n', stop) + 1
  }
  return lines
}

function itemSpans({ text, start, end }: Line, name: string, isBlock: boolean): Span[] {
  const [lead = ''] = text.match(/^\s*(?:- +)*/) ?? []
  const item = text.slice(lead.length)
  if (item === '' || (!isBlock && item.startsWith('#'))) return []
  const [key] = (!isBlock && item.match(/^(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w.-]+)\s*:(?=\s|$)\s*/)) || []
  if (key !== undefined && !isSecretGroup(name)) return []
  const from = start + lead.length + (key?.length ?? 0)
  const value = item.slice(key?.length ?? 0).replace(/^["']|["']$/g, '')
  return !isBlock && isPlainValue(value, name) ? [] : [{ start: from, end }]
}
