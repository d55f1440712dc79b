import { hideKeys } from '../secrets/hide-keys.ts'
import type { Keys } from './write-text.ts'

/** What JSON.stringify leaves as it is, though it could command a terminal or reorder what is read. */
const leftRaw = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/** JSON of two blanks a level, in which every character that is no plain sign is written as `\u001b`. */
export function jsonText(data: unknown, keys: Keys = 'hidden'): string {
  const show = (_: string, value: unknown) =>
    keys === 'hidden' && typeof value === 'string' ? hideKeys(value) : value
  return JSON.stringify(data, show, 2).replace(leftRaw, (character) =>
    character.split('').map(writtenOut).join(''),
  )
}

function writtenOut(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
