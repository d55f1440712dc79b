import * as z from 'zod/mini'

/** A path that begins with a place and stays below it. */
export const placePath = z.string().check(
  z.refine((text) => !text.split(/[/\\]/).includes('..'), 'must not leave its folder through ..'),
  z.refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters'),
  z.regex(/^\{\{ \w+ \}\}(?![^/\\])/, 'must start with a place, such as {{ home }}'),
)

/** What is added to a folder that a variable names. */
export const tail = z
  .string()
  .check(
    z.refine(
      (text) => !/^[/\\]|^[A-Za-z]:|\p{Cc}/u.test(text) && !text.split(/[/\\]/).includes('..'),
      'must be a path below that folder',
    ),
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
