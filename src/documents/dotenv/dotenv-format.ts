import { parse } from 'dotenv'
import { UserError } from '../../errors.ts'
import type { Format } from '../document.ts'
import { openAssignments } from '../shell/assignment-document.ts'
import { BOM } from '../shell/lines.ts'
import { type AssignedValue, variableName } from '../shell/shell-line.ts'
import { quoteDotenv } from './quote-dotenv.ts'
import { scanDotenv } from './scan-dotenv.ts'

/** `.env` files. See `openAssignments` for names that occur twice, and `quoteDotenv` for the values that it carries. */
export const dotenvFormat: Format = {
  open: (text, file) =>
    openAssignments(text, file, {
      // Readers in JavaScript lose this name: they put what they read on a plain object.
      scan: (now, path) => scanDotenv(now, path).filter(({ name }) => name !== '__proto__'),
      line: (name, value) => `${variableName(name)}=${spellText(value)}`,
      spell: spellText,
      crCounts: false,
      // Without the blank some readers take the comment for a part of the value.
      guard: (rest) => (rest.startsWith('#') ? ' ' : ''),
    }),
  referee: (text) => parse(text.startsWith(BOM) ? text.slice(BOM.length) : text),
}

/** Only a shell can run a command; the readers of these files take its line for a text. */
function spellText(value: AssignedValue): string {
  if (typeof value === 'string') return quoteDotenv(value)
  throw new UserError({
    code: 'value-not-writable',
    message: 'A .env file holds texts only: no command is run to get a value.',
    hint: 'Write it for a shell instead: qcode-setup print TOOL --format sh',
    exit: 2,
  })
}
