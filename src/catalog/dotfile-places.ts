import * as z from 'zod/mini'
import { placeCandidate, placePath } from './schema-parts.ts'
import type { PlaceCandidate } from './tool.ts'
import { findUnknownPlace } from './unknown-places.ts'

/** Where dotfiles have their git folder when that is not beside them. */
export interface DotfilePlaces {
  readonly places: Readonly<Record<string, readonly PlaceCandidate[]>>
  /** Paths of git folders. */
  readonly folders: readonly string[]
  /** Paths of folders in which each folder is a git folder. */
  readonly allIn: readonly string[]
}

const schema = z.strictObject({
  schema: z.literal(1),
  folders: z.array(placePath),
  all_in: z.array(placePath),
  places: z.record(z.string(), z.array(placeCandidate)),
})

/** The parsed content of dotfiles.toml. Throws for a field of the wrong kind, and for a place that is not defined. */
export function parseDotfilePlaces(data: unknown): DotfilePlaces {
  const { places, folders, all_in } = schema.parse(data)
  const unknown = findUnknownPlace({ folders, all_in, places }, Object.keys(places))
  if (unknown !== undefined) throw new Error(`dotfiles.toml: ${unknown}`)
  return { places, folders, allIn: all_in }
}
