import type { Fate } from './disk-model.ts'

type Names = Fate['keepsName']
type Contents = Fate['keepsContent']

const names: Readonly<Record<string, Names>> = {
  'all names': () => true,
  'no names': () => false,
  'all names but the last': (number, last) => number !== last,
  'only the last name': (number, last) => number === last,
  'every other name': (number) => number % 2 === 0,
  'the other names': (number) => number % 2 === 1,
  'names by chance': (number) => ((number * 2_654_435_761) >>> 7) % 2 === 0,
}

const contents: Readonly<Record<string, Contents>> = {
  'as written': ({ written }) => written,
  empty: ({ written }) => ({ mode: written.mode, bytes: Buffer.alloc(0) }),
  torn: ({ written: { mode, bytes } }) => ({ mode, bytes: bytes.subarray(0, bytes.length >> 1) }),
}

/** Everything together that a loss of power may do to names and to contents. */
export const fates: readonly Fate[] = Object.entries(names).flatMap(([name, keepsName]) =>
  Object.entries(contents).map(([content, keepsContent]) => ({
    name: `${name}, contents ${content}`,
    keepsName,
    keepsContent,
  })),
)
