import { parse } from 'dotenv'
import type { Format } from '../document.ts'
import { openAssignments } from '../shell/assignment-document.ts'
import { BOM } from '../shell/lines.ts'
import { variableName } from '../shell/shell-line.ts'
import { quoteDotenv } from './quote-dotenv.ts'
import { scanDotenv } from './scan-dotenv.ts'

/** `.env` files. See `openAssignments` for names that occur twice, and `quoteDotenv` for the values that it carries. */
export const dotenvFormat: Format = {
  open: (text, file) =>
    openAssignments(text, file, {
      scan: scanDotenv,
      line: (name, value) => `${variableName(name)}=${quoteDotenv(value)}`,
      quote: quoteDotenv,
      crCounts: false,
      // Without the blank some readers take the comment for a part of the value.
      guard: (rest) => (rest.startsWith('#') ? ' ' : ''),
    }),
  referee: (text) => parse(text.startsWith(BOM) ? text.slice(BOM.length) : text),
}
