import { cancelled, GoneBack, TriesFirst } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findProgram } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import type { FileEdit, KeychainEdit, Plan } from '../plan/plan.ts'
import type { ToolChoice } from '../request/request.ts'
import { describeWishes } from '../request/wishes.ts'
import { hideKeys } from '../secrets/mask-text.ts'
import type { Secret } from '../secrets/secret.ts'
import { joined, type Message, say } from '../texts/message.ts'
import { shortenHome, wrapText } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { escapeControls, renderFindings, sanitizeForTerminal } from '../ui/write-text.ts'
import { askSelect, keysText, tell } from './ask.ts'
import { dropTypedAhead, holdTerminal, releaseTerminal } from './hold-terminal.ts'

/** What is about to be written. */
export interface Proposal {
  readonly edits: readonly FileEdit[]
  readonly keychain?: KeychainEdit | undefined
  /** One sentence for each tool: what it will use. */
  readonly uses?: readonly Message[]
  /** One for each value of the user's that another one takes the place of. */
  readonly replaced?: readonly Message[]
  /** What the tools would do wrong all the same. */
  readonly problems?: readonly Finding[]
  /** What it comes to, where that is no writing of settings. */
  readonly kind?: 'restore' | 'remove' | undefined
  /** There is a tool that can be started once with nothing written. */
  readonly canTry?: boolean | undefined
  /** Draws all of it, with the style of standard error. */
  readonly diff: () => Promise<string>
}

/** Blank lines around the question, and the answer to the one before. */
const linesAround = 4

/**
 * Shows on one screen what will be written, and asks whether to; the whole diff comes on request. Enter means yes, unless
 * the tools would not do what was asked for. Errors: UserError `cancelled` for a no; `GoneBack` and `TriesFirst`, where
 * these are possible.
 */
export async function confirmChanges(proposal: Proposal, host: Host, canGoBack = false): Promise<void> {
  const { problems = [], kind = 'confirm', canTry = false, diff } = proposal
  holdTerminal(host)
  const told = problems.length > 0 ? renderFindings(problems, host) : ''
  const taken = told === '' ? 0 : told.split('\n').length + 1
  const isWrong = problems.some(({ level }) => level === 'error')
  const choices = [
    { value: 'apply', name: say(`ask.${kind}.apply`), letter: 'y' },
    { value: 'show', name: say('ask.confirm.show') },
    ...(canTry ? [{ value: 'try' as const, name: say('ask.confirm.try') }] : []),
    ...(canGoBack ? [{ value: 'back' as const, name: say('ask.back') }] : []),
    // Whoever types n and Enter, as at a yes or no, writes nothing.
    { value: 'quit', name: say('ask.quit'), letter: 'n' },
  ] as const
  const keys = keysText(host, 'ask.keys.list', canGoBack)
  const asked = [...choices.map(({ name }) => `    ${name.in(host.texts)}`), keys, host.texts[`ask.${kind}`]]
  const lines = asked.flatMap((text) => wrapText(text, host.terminal.columns - 4)).length
  const summary = summarise(proposal, host, host.terminal.rows - lines - linesAround - taken)
  tell(host, `\n${summary.join('\n')}\n`)
  if (told !== '') tell(host, `${told}\n`)
  await dropTypedAhead(host)
  for (let preset: 'apply' | 'quit' = isWrong ? 'quit' : 'apply'; ; ) {
    const answer = await askSelect(host, say(`ask.${kind}`), choices, { preset, canGoBack })
    if (answer === 'apply') return
    if (answer === 'try') throw new TriesFirst()
    if (answer === 'back') throw new GoneBack()
    if (answer === 'quit') throw cancelled()
    await showChanges(await diff(), host)
    preset = isWrong ? 'quit' : 'apply'
  }
}

/** What each tool will use, for setups that a plan makes, moves or gives another key. */
export function usesOf(
  choices: readonly ToolChoice[],
  { rows }: Pick<Plan, 'rows'>,
  key: Secret | undefined,
): Message[] {
  return choices.flatMap(({ tool, keyStore, model, models = {}, options = {} }) => {
    const baseUrl = rows.find((row) => row.tool === tool.id)?.baseUrl
    if (baseUrl === undefined) return []
    const shown = key === undefined ? say('summary.key-kept') : String(key)
    return say('summary.uses', {
      tool: tool.title,
      baseUrl,
      key: keyStore === 'env' ? say('summary.key-from-env') : shown,
      model: joined([model ?? say('summary.default-model'), ...describeWishes({ models, options })], ', '),
    })
  })
}

/** Values that were not ours and that the plan replaces or takes out, each with what comes in its place. */
export function replacedBy({ rows }: Pick<Plan, 'rows'>, before: Ledger, host: Host): Message[] {
  const own = new Set(before.entries.map(placeOf))
  const changes = rows.flatMap(({ path, changes }) => changes.map((change) => ({ path, ...change })))
  const theirs = changes.filter((change) => change.kind !== 'created' && !own.has(placeOf(change)))
  const once = new Map(theirs.map((change) => [placeOf(change), change]))
  return [...once.values()].map(({ path, keyPath, from = '', to }) => {
    const place = { path: shortenHome(path, host), key: keyPath.join('.'), from }
    return to === undefined ? say('summary.taken-out', place) : say('summary.replaced', { ...place, to })
  })
}

function placeOf({ path, keyPath }: { readonly path: string; readonly keyPath: readonly string[] }): string {
  return JSON.stringify([path, ...keyPath])
}

interface Section {
  readonly heading?: Message
  readonly items: readonly (readonly string[])[]
}

/** The sections as lines, at most `room` of them: where they are more, the last ones say first how much is left out. */
function summarise(proposal: Proposal, host: Host, room: number): string[] {
  const { uses = [], replaced = [] } = proposal
  const width = host.terminal.columns - 2 * indent.length
  const lines = (text: Message | string) =>
    wrapText(escapeControls(typeof text === 'string' ? text : text.in(host.texts)), width)
  const all: Section[] = [
    { items: uses.map(lines) },
    { heading: say('summary.replaces'), items: replaced.map(lines) },
    { heading: say('summary.files'), items: filesOf(proposal, host).map(lines) },
  ]
  const sections = all.filter(({ items }) => items.length > 0)
  const counts = sections.map(({ items }) => items.length)
  const shown = () => sections.map((section, index) => drawSection(section, counts[index] ?? 0, host))
  for (let drawn = shown(); ; drawn = shown()) {
    const long = counts.findLastIndex((count) => count > 2)
    const shortened = long < 0 ? counts.findLastIndex((count) => count > 1) : long
    if (drawn.flat().length <= room || shortened < 0) return drawn.flat()
    counts[shortened] = (counts[shortened] ?? 0) - 1
  }
}

/** Before an item; before its second line twice. */
const indent = '  '

function drawSection({ heading, items }: Section, count: number, host: Host): string[] {
  const { texts } = host
  const left = items.length - count
  const more = left > 0 ? [[say('summary.more', { count: left }).in(texts)]] : []
  return [
    ...(heading ? [styleFor(host, 'stderr').bold(heading.in(texts))] : []),
    ...[...items.slice(0, count), ...more].flatMap((lines) =>
      lines.map((line, index) => (index === 0 ? indent : indent + indent) + line),
    ),
  ]
}

/** Every file, and the keychain, with what happens to it. */
function filesOf({ edits, keychain }: Proposal, host: Host): Message[] {
  const files = edits.map(({ path, before, after }) => {
    const action = after.kind === 'absent' ? 'deleted' : before.kind === 'absent' ? 'created' : 'changed'
    return say('report.item', { name: shortenHome(path, host), note: say(`summary.${action}`) })
  })
  if (!keychain) return files
  const { before, after } = keychain
  if (after.kind === 'absent') {
    return [...files, say('report.item', { name: say('target.keychain'), note: say('summary.deleted') })]
  }
  const note = say(before.kind === 'absent' ? 'summary.created' : 'summary.changed')
  return [...files, say('report.keychain', { key: String(after.key), note })]
}

/** A program that shows a long text a screen at a time, and what it is called with. */
interface Pager {
  readonly program: string
  readonly args: readonly string[]
}

/** Where $PAGER names none that is here, as it is with git. */
const usualPagers = ['less', 'more']

/**
 * Shows a diff: through $PAGER where that is set, through a usual pager where the diff is longer than the screen, else as
 * it is. A pager that cannot be started, or fails, costs nothing: the diff is shown as it is then. Keys are hidden in
 * it, no file holds it on its way, and the pager gets no variable that holds a key. Errors: UserError `cancelled`.
 */
async function showChanges(diff: string, host: Host): Promise<void> {
  const { terminal, interruption } = host
  const isLong = diff.split('\n').length >= terminal.rows
  const pager = findPager(host, isLong)
  if (pager === undefined || terminal.page === undefined) return tell(host, `\n${diff}\n`)
  const text = `${sanitizeForTerminal(hideKeys(diff))}\n`
  const page = terminal.page
  const exit = await interruption.hold(async (stop) => {
    const takeBack = releaseTerminal(host)
    try {
      return await page(pager.program, pager.args, text, stop)
    } finally {
      takeBack()
    }
  })
  if (exit !== 0) tell(host, `\n${diff}\n`)
}

function findPager(host: Host, isLong: boolean): Pager | undefined {
  const own = host.env.PAGER?.trim()
  const chosen = own ? parsePager(own, host) : undefined
  if (chosen !== undefined || !isLong) return chosen
  const program = usualPagers.map((name) => findProgram(name, host)).find(Boolean)
  return program === undefined ? undefined : { program, args: [] }
}

/**
 * $PAGER as a program and its arguments, such as `less -R`. Nothing in it is a command for a shell: one that wants a shell,
 * or that is not here, is none.
 */
export function parsePager(pager: string, host: Pick<Host, 'env' | 'platform'>): Pager | undefined {
  const special = host.platform === 'win32' ? /[|&;<>()$`\n\0]/ : /[|&;<>()$`\n\0\\]/
  if (special.test(pager)) return undefined
  const words = pager.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  const [name = '', ...args] = words.map((word) => word.replaceAll(/["']/g, ''))
  if (name === '') return undefined
  const isPath = /[/\\]/.test(name)
  const program = isPath ? name : findProgram(name, host)
  return program === undefined ? undefined : { program, args }
}
