import { UserError } from '../errors.ts'
import { say } from '../texts/message.ts'
import type { Document, Format, KeyPath, Value } from './document.ts'

/** A file that is ours from its first byte to its last, such as a script of ours that another program loads. */
class WholeFile implements Document {
  #text: string
  readonly #file: string

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  get(path: KeyPath): Value | undefined {
    const content = contentOf(this.#text)
    if (path.length === 0) return content === undefined ? {} : { content }
    return isContent(path) ? content : undefined
  }

  set(path: KeyPath, value: Value): void {
    if (!isContent(path) || typeof value !== 'string' || contentOf(value) === undefined)
      throw onlyText(this.#file)
    this.#text = value
  }

  /** Byte for byte, as the text is all that there is. */
  excerpt(path: KeyPath): string | undefined {
    return isContent(path) ? this.#text : undefined
  }

  unset(path: KeyPath): void {
    if (isContent(path)) this.#text = ''
  }

  toText(): string {
    return this.#text
  }
}

/** One value at `['content']`: the text of the file. There is none in a blank file. */
export const wholeFileFormat: Format = {
  open: (text, file) => new WholeFile(text, file),
  parseStrict: (text) => (contentOf(text) === undefined ? {} : { content: text }),
}

function contentOf(text: string): string | undefined {
  return text.replace('\uFEFF', '').trim() === '' ? undefined : text
}

function isContent(path: KeyPath): boolean {
  return path.length === 1 && path[0] === 'content'
}

function onlyText(file: string): UserError {
  return new UserError({
    code: 'value-not-writable',
    message: say('value.whole-file', { file }),
    hint: say('value.whole-file.hint'),
    where: { file },
  })
}
