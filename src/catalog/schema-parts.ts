import * as z from 'zod/mini'

/** Longer is no settings file; file systems take names of 255 bytes. */
const longestName = 200
const longestPath = 1000

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const oddSpelling =
  'must be names with one / between them: no / at the end, no \\ or :, no . or .. alone, and no name that begins or ends in a blank, ends in a dot or is too long'

/**
 * Whether what stands behind a place could be taken in two ways: a slash at its end says that a file is a folder, Windows
 * drops dots and blanks at the end of a name and reads on behind a colon, and what is too long cannot be opened.
 */
function isOdd(below: string): boolean {
  if (below === '') return false
  if (below.length > longestPath || /[\\:]/.test(below)) return true
  const [, ...names] = below.split('/')
  return names.some(
    (name) =>
      name === '' || name.trim() !== name || name.endsWith('.') || Buffer.byteLength(name) > longestName,
  )
}

/** A path that begins with a place and stays below it, spelled in one way: see `isOdd`. */
export const placePath = z.string().check(
  z.refine((text) => !text.split(/[/\\]/).includes('..'), 'must not leave its folder through ..'),
  z.refine((text) => !unseen.test(text), 'must not hold control characters'),
  z.regex(/^\{\{ \w+ \}\}(?![^/\\])/, 'must start with a place, such as {{ home }}'),
  z.refine((text) => !isOdd(text.replace(/^[^}]*\}\}/, '')), oddSpelling),
)

/** One file that is written: the characters that no name of Windows has are in none, and no pattern is. */
export const filePath = placePath.check(
  z.refine((text) => !/[*?"<>|]/.test(text), 'must not hold any of * ? " < > |'),
)

/** What is added to a folder that a variable names. */
export const tail = z.string().check(
  z.refine(
    (text) => !/^[/\\]|^[A-Za-z]:/.test(text) && !unseen.test(text) && !text.split(/[/\\]/).includes('..'),
    'must be a path below that folder',
  ),
  z.refine((text) => text === '' || !isOdd(`/${text}`), oddSpelling),
)

/** A program as it is looked for in PATH. */
export const programName = z
  .string()
  .check(z.regex(/^\w[\w.+-]*$/, 'must be the name of a program, without a folder'))

/** A variable of the environment. Names that every object of JavaScript has are none: an environment is such an object. */
export const variableName = z.string().check(
  z.regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'),
  z.refine((name) => !(name in Object.prototype), 'must be the name of a variable'),
)

/** One way to find a place: see `PlaceCandidate` in tool.ts. */
export const placeCandidate = z.strictObject({
  env: z.exactOptional(variableName),
  join: z.exactOptional(tail),
  path: z.exactOptional(placePath),
})

/** A range of versions (semver), short enough to be read quickly whatever it holds. */
export const versionRange = z.string().check(z.maxLength(200, 'must be a range of at most 200 characters'))

/** A text in which nothing is filled in. */
export const plainText = z.string().check(z.refine((text) => !text.includes('{{'), 'takes no placeholder'))
