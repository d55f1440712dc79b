import type { Paint, Style } from '../../../src/ui/style.ts'

const names = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const

function styleOf(paint: (name: string) => Paint): Style {
  return Object.fromEntries(names.map((name) => [name, paint(name)])) as unknown as Style
}

export const plainStyle = styleOf(() => (text) => text)

/** Shows every emphasis as a tag, so that a test can read it. */
export const tagStyle = styleOf((name) => (text) => `<${name}>${text}</${name}>`)
