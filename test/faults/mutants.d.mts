/** File of the project, the text in it, and what takes its place. */
type Change = readonly [file: string, from: string, to: string]

export declare const mutants: readonly {
  readonly name: string
  readonly changes: readonly Change[]
  readonly tests: string
  readonly only: string
}[]

export declare function makeMutant(project: string, mutant: (typeof mutants)[number]): string

export declare function changeOnce(text: string, from: string, to: string, where: string): string
