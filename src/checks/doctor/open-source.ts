import type { SourceLevel } from '../../catalog/diagnosis.ts'
import type { Value } from '../../documents/document.ts'
import type { FormatId } from '../../documents/formats.ts'
import type { ReadFile } from './file-reader.ts'

/** A source that was looked at. `profile`: what the environment of a new shell will hold. */
export interface OpenSource {
  readonly level: SourceLevel | 'profile'
  /** Undefined for the environment. */
  readonly file?: ReadFile
  readonly format: FormatId
  readonly data: Value
  readonly variables: Readonly<Record<string, string | undefined>>
}
