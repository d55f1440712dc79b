import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isSpaceKey,
  isUpKey,
  makeTheme,
  useEffect,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core'
import type { promptTheme } from './ask.ts'

// inquirer's own prompts for these (@inquirer/select, checkbox, password and confirm) cannot say what Esc does, among others.

type Theme = ReturnType<typeof promptTheme>

interface LinePrompt {
  readonly message: string
  readonly theme: Theme
  /** What stands behind the question while this is typed. */
  readonly shown: (typed: string) => string
  /** What is wrong with it; nothing where it is taken. */
  readonly faultOf: (typed: string) => string | undefined
  /** What stands in the answered line. */
  readonly answered: (typed: string) => string
}

/** A question that is answered in a line. Gives what was typed once nothing is wrong with it. */
export const linePrompt = createPrompt<string, LinePrompt>((config, done) => {
  const theme = makeTheme({}, config.theme)
  const [status, setStatus] = useState<'idle' | 'done'>('idle')
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState('')
  const prefix = usePrefix({ status, theme })
  useKeypress((key, line) => {
    const wrong = isEnterKey(key) ? config.faultOf(typed) : undefined
    setFault(wrong ?? '')
    if (!isEnterKey(key)) setTyped(line.line)
    // The reader behind begins a new line at Enter.
    else if (wrong !== undefined) line.write(typed)
    else {
      setStatus('done')
      done(typed)
    }
  })
  const message = theme.style.message(config.message, status)
  if (status === 'done') return `${prefix} ${message} ${theme.style.answer(config.answered(typed))}`
  return [`${prefix} ${message}${config.shown(typed)}`, below(config.theme, fault)]
})

/** What stands below a line that is typed: what is wrong with it, and which keys it takes. */
function below(theme: Theme, fault: string): string {
  return [...(fault === '' ? [] : [theme.style.error(fault)]), ...theme.style.keys()].join('\n')
}

/** One line of a list, and what stands in the answered line. */
interface Row<Value> {
  readonly value: Value
  readonly name: string
  readonly short: string
  /** Typing it moves the cursor here. */
  readonly letter?: string
}

interface ListPrompt {
  readonly message: string
  readonly rows: readonly Row<unknown>[]
  /** Index of the row under the cursor at the start. */
  readonly start: number
  readonly pageSize: number
  readonly theme: Theme
  /** What is said where no row fits what was typed; without it the list cannot be searched. */
  readonly nothingFits?: string
  /** Calls `renew` with other rows whenever more is known of them; gives what ends that. */
  readonly watch?: (renew: (rows: readonly Row<unknown>[]) => void) => () => void
}

/**
 * A list to choose one row from. Unlike inquirer's own (5.2.8) its rows may change while it is shown, without moving the
 * cursor, and it can be searched by any part of a name. Gives the row's value.
 */
export const listPrompt = createPrompt<unknown, ListPrompt>((config, done) => {
  const theme = makeTheme({}, config.theme)
  const [status, setStatus] = useState<'idle' | 'done'>('idle')
  const [rows, setRows] = useState(config.rows)
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState(config.start)
  const prefix = usePrefix({ status, theme })
  useEffect(() => config.watch?.(setRows), [])

  const shown = config.nothingFits === undefined ? rows : rows.filter((row) => fits(row, typed))
  const chosen = shown[active]
  useKeypress((key, line) => {
    if (isEnterKey(key)) {
      // The reader behind begins a new line at Enter.
      if (chosen === undefined) return setTyped('')
      setStatus('done')
      done(chosen.value)
    } else if (isUpKey(key) || isDownKey(key)) {
      if (shown.length > 0) setActive((active + (isUpKey(key) ? -1 : 1) + shown.length) % shown.length)
    } else if (config.nothingFits !== undefined) {
      setTyped(line.line)
      if (line.line !== typed) setActive(0)
    } else {
      const named = shown.findIndex(({ letter }) => letter !== undefined && letter === key.name)
      if (named >= 0) setActive(named)
      line.clearLine(0)
    }
  })

  const drawn = shown.map((row, index) =>
    index === active ? theme.style.highlight(`${config.theme.icon.cursor} ${row.name}`) : `  ${row.name}`,
  )
  const page = pageOf(drawn, active, config.pageSize)
  const message = theme.style.message(config.message, status)
  if (status === 'done') return `${prefix} ${message} ${theme.style.answer(chosen?.short ?? '')}`
  const question = [prefix, message, ...(typed === '' ? [] : [theme.style.answer(typed)])].join(' ')
  const list = shown.length === 0 ? `  ${config.nothingFits}` : page
  return `${question}\n${list}\n \n${below(config.theme, '')}${hiddenCursor}`
})

/**
 * As many of the rows as fit, the active one among them and, where there are others, what is around it. Unlike inquirer's
 * own pages (@inquirer/core 12.0.6) none is shown in part, and the list does not begin again behind its end.
 */
function pageOf(rows: readonly string[], active: number, mostLines: number): string {
  const height = (index: number) => rows[index]?.split('\n').length ?? Number.POSITIVE_INFINITY
  let [first, last, lines] = [active, active, height(active)]
  const fitsIn = (index: number, most: number) => lines + height(index) <= most
  while (fitsIn(first - 1, mostLines / 2)) lines += height(--first)
  while (fitsIn(last + 1, mostLines)) lines += height(++last)
  while (fitsIn(first - 1, mostLines)) lines += height(--first)
  return rows.slice(first, last + 1).join('\n')
}

const hiddenCursor = '\x1b[?25l'

function fits({ name }: Row<unknown>, typed: string): boolean {
  return name.toLowerCase().includes(typed.trim().toLowerCase())
}

/** One line that can be ticked, and what stands of it in the answered line. */
interface TickRow {
  readonly value: unknown
  readonly name: string
  readonly short: string
  readonly checked?: boolean
}

interface TickPrompt {
  readonly message: string
  readonly rows: readonly TickRow[]
  /** Behind one line until that is opened, or until something is searched for. */
  readonly folded: readonly TickRow[]
  /** Names as one text. */
  readonly listed: (names: readonly string[]) => string
  /** That line, for so many rows. */
  readonly more: (count: number) => string
  readonly pageSize: number
  readonly theme: Theme
  /** What is said where nothing is ticked. */
  readonly required: string
  /** What is said where no row fits what was typed. */
  readonly nothingFits: string
}

/** The line that opens the fold. */
const fold = Symbol('fold')

/**
 * Rows of which any number is ticked. Unlike inquirer's own (@inquirer/checkbox 5.2.8) it folds the rows that few people
 * need, and can be searched by any part of a name. Gives the values of the ticked rows in their order.
 */
export const tickPrompt = createPrompt<unknown[], TickPrompt>((config, done) => {
  const theme = makeTheme({}, config.theme)
  const all = [...config.rows, ...config.folded]
  const [status, setStatus] = useState<'idle' | 'done'>('idle')
  const [ticked, setTicked] = useState(new Set(all.filter(({ checked }) => checked)))
  const [kept, setKept] = useState(ticked)
  const [isOpen, setOpen] = useState(config.rows.length === 0)
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState(0)
  const [fault, setFault] = useState('')
  const prefix = usePrefix({ status, theme })

  const shown = rowsShown(config, kept, isOpen, typed)
  const chosen = shown[active]
  const tick = (row: TickRow) => {
    const others = [...ticked].filter((other) => other !== row)
    setTicked(new Set(ticked.has(row) ? others : [...others, row]))
    setKept(new Set([...kept, row]))
  }
  useKeypress((key, line) => {
    setFault('')
    if (isEnterKey(key) && typed !== '') {
      // What was searched for is taken; the next Enter goes on with all that is ticked.
      if (chosen !== undefined && chosen !== fold && !ticked.has(chosen)) tick(chosen)
      setTyped('')
      setActive(0)
    } else if (isEnterKey(key) && chosen === fold) setOpen(true)
    else if (isEnterKey(key)) {
      if (ticked.size === 0) return setFault(config.required)
      setStatus('done')
      done(all.filter((row) => ticked.has(row)).map(({ value }) => value))
    } else if (isUpKey(key) || isDownKey(key)) {
      if (shown.length > 0) setActive((active + (isUpKey(key) ? -1 : 1) + shown.length) % shown.length)
      putBack(line, typed)
    } else if (isSpaceKey(key)) {
      if (chosen === fold) setOpen(true)
      else if (chosen !== undefined) tick(chosen)
      putBack(line, typed)
    } else {
      setTyped(line.line)
      if (line.line !== typed) setActive(0)
    }
  })

  const { cursor, checked, unchecked } = config.theme.icon
  const drawn = shown.map((row, index) => {
    const box = row === fold ? ' ' : ticked.has(row) ? checked : unchecked
    const name = row === fold ? config.more(all.length - shown.length + 1) : row.name
    return index === active ? theme.style.highlight(`${cursor}${box} ${name}`) : ` ${box} ${name}`
  })
  const page = pageOf(drawn, active, config.pageSize)
  const message = theme.style.message(config.message, status)
  if (status === 'done') {
    const answer = all.filter((row) => ticked.has(row)).map(({ short }) => short)
    return `${prefix} ${message} ${theme.style.answer(config.listed(answer))}`
  }
  const question = [prefix, message, ...(typed === '' ? [] : [theme.style.answer(typed)])].join(' ')
  const list = shown.length === 0 ? `  ${config.nothingFits}` : page
  return `${question}\n${list}\n \n${below(config.theme, fault)}${hiddenCursor}`
})

/** `kept`: what is ticked, or was, which the fold never hides. */
function rowsShown(
  { rows, folded }: TickPrompt,
  kept: ReadonlySet<TickRow>,
  isOpen: boolean,
  typed: string,
): readonly (TickRow | typeof fold)[] {
  const wanted = typed.trim().toLowerCase()
  const all = [...rows, ...folded]
  if (wanted !== '') return all.filter(({ name }) => name.toLowerCase().includes(wanted))
  if (isOpen) return all
  const seen = all.filter((row) => rows.includes(row) || kept.has(row))
  return seen.length === all.length ? seen : [...seen, fold]
}

/** The reader behind takes a space, and an arrow as one to an earlier line, for text. */
function putBack(line: { clearLine(direction: 0): void; write(text: string): void }, typed: string): void {
  line.clearLine(0)
  if (typed !== '') line.write(typed)
}
