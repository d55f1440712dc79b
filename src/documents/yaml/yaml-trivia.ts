/** Sticky; matches one run of blanks, one line break or one comment. */
export const yamlTrivia = /[ \t]+|\r\n|\n|#[^\r\n]*/y
