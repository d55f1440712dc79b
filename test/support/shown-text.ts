import type { TextId, Texts } from '../../src/texts/message.ts'

/** A text with the names of its values in their places: `Restart it now (‹command›)?` */
export function shownText(texts: Texts, id: TextId): string {
  const text: unknown = texts[id]
  if (typeof text !== 'function') return String(text)
  // A list of one reads like its only element, so that it stands for texts and lists alike.
  return String(text(new Proxy({}, { get: (_, name) => [`‹${String(name)}›`] })))
}
