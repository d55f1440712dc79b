import type { Format } from '../document.ts'
import { openGitignore } from './gitignore-document.ts'
import { patternIn } from './ignore-pattern.ts'

/** `.gitignore`: each pattern is a key with the value `true`. Comments, order and doubled lines are the user's. */
export const gitignoreFormat: Format = {
  open: openGitignore,
  // As git 2.39 reads the file (add_patterns_from_buffer in dir.c): a mark at its start is skipped, a CR before a line
  // feed or the end of the file does not count.
  referee: (text) =>
    Object.fromEntries(
      text
        .replace(/^\uFEFF/, '')
        .split(/\r?\n|\r$/)
        .filter((line) => patternIn(line) !== undefined)
        .map((line) => [patternIn(line), true]),
    ),
}
