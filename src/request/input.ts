/** What was said on the command line, as it was written: nothing is filled in or checked against the machine. */
export interface Input {
  readonly values: Readonly<Record<string, readonly string[]>>
  readonly switches: ReadonlySet<string>
  readonly positionals: readonly string[]
}

/** The value of a field that is given once; the last one counts. */
export function textOf(input: Input, name: string): string | undefined {
  return input.values[name]?.at(-1)
}

/** All values of a field that may be given more than once, lists with commas taken apart. */
export function listOf(input: Input, name: string): string[] {
  return (input.values[name] ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '')
}

/** Whether a switch was given, by its name in the table of fields. */
export function isOn(input: Input, name: string): boolean {
  return input.switches.has(name)
}
