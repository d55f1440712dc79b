import { en } from './en.ts'

/** The id of a sentence, such as `error.cancelled`: the same in every language. */
export type TextId = keyof typeof en

/** What is wrong with a text that does not parse. */
export type SyntaxText = Extract<TextId, `syntax.${string}`>

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
