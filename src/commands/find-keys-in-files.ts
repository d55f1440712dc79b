import { UserError } from '../errors.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { Ledger } from '../ledger.ts'
import { maskText } from '../secrets/mask-text.ts'
import { holdsKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'

interface KeyInFile {
  readonly path: string
  readonly tools: readonly string[]
}

/** The files that this program wrote to and in which this key, or another one of the same look, stands now. */
export function findKeysInFiles({ entries }: Ledger, key: Secret | undefined): KeyInFile[] {
  const paths = [...new Set(entries.map(({ path }) => path))]
  return paths
    .filter((path) => holdsSome(readText(path), key))
    .map((path) => ({
      path,
      tools: [...new Set(entries.filter((entry) => entry.path === path).map(({ tool }) => tool))],
    }))
}

function holdsSome(text: string, key: Secret | undefined): boolean {
  return holdsKey(text) || (key !== undefined && maskText(text, [key]) !== maskText(text, []))
}

function readText(path: string): string {
  try {
    const state = readFileState(path)
    return state.kind === 'absent' ? '' : new TextDecoder().decode(state.bytes)
  } catch (error) {
    if (error instanceof UserError) return ''
    throw error
  }
}
