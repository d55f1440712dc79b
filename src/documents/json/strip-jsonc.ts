const string = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/.source
const comment = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//.source
const stringOrComment = new RegExp(`(${string})|${comment}`, 'g')
const stringOrTrailingComma = new RegExp(`(${string})|(?<![[{,:]\\s*),(?=\\s*[}\\]])`, 'g')

/** JSONC as JSON, by regular expressions alone: it shares no code with the parser that edits. */
export function stripJsonc(text: string): string {
  const keepString = (_match: string, kept: string | undefined) => kept ?? ' '
  return text.replace(stringOrComment, keepString).replace(stringOrTrailingComma, keepString)
}
