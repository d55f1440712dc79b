import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Host } from '../host/host.ts'
import { createFileSystem } from './file-system.ts'
import { replaceFile } from './replace-file.ts'
import { stateFolder } from './state-folder.ts'
import { withStateLock } from './state-lock.ts'
import { readTrustedFile } from './trusted-file.ts'

const recordSchema = z.object({ version: z.literal(1), shown: z.array(z.string()) })

/** Far more than all tools have together; the newest are kept. */
const mostKept = 500

/** Nobody waits for a record that only saves a line on the screen. */
const noWaiting = { waitMs: 0, stillMs: 5_000 }

/** Those of these texts that this machine was never shown. A record that cannot be read knows none. */
export function unseenNotes(notes: readonly string[], host: Host): readonly string[] {
  const known = new Set(readShown(host))
  return notes.filter((note) => !known.has(markOf(note)))
}

/**
 * Remembers that these texts were shown. Where that cannot be written, or where this program has no state yet, they are
 * shown once more the next time: never an error.
 */
export async function rememberShown(notes: readonly string[], host: Host): Promise<void> {
  if (notes.length === 0 || !existsSync(stateFolder(host))) return
  const fileSystem = createFileSystem(host.platform)
  const write = async () => {
    const marks = notes.map(markOf)
    const earlier = (readShown(host) ?? []).filter((mark) => !marks.includes(mark))
    const shown = [...earlier, ...marks].slice(-mostKept)
    const bytes = Buffer.from(`${JSON.stringify({ version: 1, shown }, null, 2)}\n`)
    await replaceFile(recordFile(host), { bytes, mode: 0o600 }, fileSystem)
  }
  await withStateLock(host, fileSystem, write, noWaiting).catch(() => {})
}

function readShown(host: Host): readonly string[] | undefined {
  try {
    const bytes = readTrustedFile(recordFile(host), host)
    return bytes && recordSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).shown
  } catch {
    return undefined
  }
}

/** A text of another version, or one with another address in it, is another note. */
function markOf(note: string): string {
  return createHash('sha256').update(note).digest('hex').slice(0, 16)
}

function recordFile(host: Host): string {
  return join(stateFolder(host), 'shown-notes.json')
}
