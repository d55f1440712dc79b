import { decodeText } from '../documents/decode-text.ts'
import { type FormatId, loadFormats } from '../documents/formats.ts'
import type { Secret } from '../secrets/secret.ts'
import { findSecrets } from './display-value.ts'
import type { FileEdit } from './edit.ts'
import { findTextSecrets } from './find-text-secrets.ts'

/** Every secret in the texts before and after these edits, so that a picture of them can hide it. */
export async function findEditSecrets(
  edits: readonly FileEdit[],
  formatOf: (path: string) => FormatId | undefined,
): Promise<Secret[]> {
  const formats = await loadFormats(edits.flatMap(({ path }) => formatOf(path) ?? []))
  return edits.flatMap(({ path, before, after }) => {
    const id = formatOf(path)
    const format = id && formats.get(id)
    const states = [before, after].flatMap((state) =>
      state.kind === 'absent' ? [] : decodeText(state.bytes, path),
    )
    return states
      .filter(isNotBlank)
      .flatMap((text) => (format ? findSecrets(format.referee(text)) : findTextSecrets(text)))
  })
}

function isNotBlank(text: string): boolean {
  return text.replace('\uFEFF', '').trim() !== ''
}
