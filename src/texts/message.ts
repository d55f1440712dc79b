import { en } from './en.ts'

/** The id of a sentence, such as `error.cancelled`: the same in every language. */
export type TextId = keyof typeof en

/** Every sentence that a user meets, in one language. English decides which there are and what values they take. */
export type Texts = { readonly [Id in TextId]: (typeof en)[Id] extends string ? string : (typeof en)[Id] }

type Values<Id extends TextId> = (typeof en)[Id] extends (values: infer V) => string ? V : undefined

/** Where a text takes a string, another message may be put in: it comes in the same language. */
type Fill<V> = {
  readonly [Name in keyof V]: V[Name] extends readonly (infer Item)[]
    ? readonly (Item | Message)[]
    : V[Name] | Message
}

/** Something to say, in whichever language it is asked for. In JSON, and where nobody asks, it is English. */
export class Message {
  readonly #write: (texts: Texts) => string

  constructor(write: (texts: Texts) => string) {
    this.#write = write
  }

  in(texts: Texts): string {
    return this.#write(texts)
  }

  /** The same message with a change made to its text, such as masking. */
  map(change: (text: string) => string): Message {
    return new Message((texts) => change(this.in(texts)))
  }

  toString(): string {
    return this.in(en)
  }

  toJSON(): string {
    return this.in(en)
  }
}

/** The sentence with this id, filled in with its values. */
export function say<Id extends TextId>(
  id: Id,
  ...[values]: Values<Id> extends undefined ? [] : [Fill<Values<Id>>]
): Message {
  return new Message((texts) => {
    const text: unknown = texts[id]
    return typeof text === 'function' ? text(inLanguage(values ?? {}, texts)) : String(text)
  })
}

/** A sentence that comes from data, such as a tool's folder, with its Chinese twin where it has one. */
export function written(english: string, chinese?: string): Message {
  return new Message(({ language }) => (language === 'zh-CN' && chinese) || english)
}

/** A mere string as a message: a name, or what another program has said. */
export function asMessage(text: Message | string): Message {
  return text instanceof Message ? text : new Message(() => text)
}

/** Messages one after the other, each a line or with what is between them. */
export function joined(parts: readonly (Message | string)[], between = '\n'): Message {
  return new Message((texts) => parts.map((part) => textIn(part, texts)).join(between))
}

/** A part that may be a message or a mere name, in a language. */
export function textIn(part: Message | string, texts: Texts): string {
  return part instanceof Message ? part.in(texts) : part
}

/** A text that begins no line of its own, whatever names are in it. Every other control character is the screen's gate's. */
export function escapeNewlines(text: string): string {
  return text.replaceAll('\n', '\\x0a')
}

/** Values may be names from anywhere, so that their line breaks are written out; those of a text are its own. */
function inLanguage(values: object, texts: Texts): Record<string, unknown> {
  const render = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(render)
    if (value instanceof Message) return value.in(texts)
    return typeof value === 'string' ? escapeNewlines(value) : value
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, render(value)]))
}

/** The languages that every text is there in. */
export const languages = ['en', 'zh-CN'] as const

export type Language = (typeof languages)[number]

/** What the choice of a language rests on. */
export interface LanguageSigns {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The system's own locale, such as `zh-CN`: Windows and macOS set none of the variables. */
  readonly systemLocale: () => string
}

/** `--lang`, QCODE_LANG, then the first of LC_ALL, LC_MESSAGES and LANG that is set, as POSIX has it, then the system's locale. */
export function chooseLanguage({ args, env, systemLocale }: LanguageSigns): Language {
  const locale =
    flagValue(args) || env.QCODE_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || systemLocale()
  return /^zh(?![a-z])/i.test(locale) ? 'zh-CN' : 'en'
}

/** The texts of a language; those of another than English are loaded when they are asked for. */
export async function loadTexts(language: Language): Promise<Texts> {
  if (language === 'en') return en
  return (await import('./zh-CN.ts')).zhCN
}

/** Read before anything is parsed, since the parser's errors are to be in that language as well. */
function flagValue(args: readonly string[]): string | undefined {
  const index = args.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='))
  return args[index]?.includes('=') ? args[index].slice('--lang='.length) : args[index + 1 || args.length]
}
