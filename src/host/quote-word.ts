/** A word for a POSIX shell, in quotes only where it needs them: a command in a hint is there to be copied. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
