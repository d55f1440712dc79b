import { closeSync, openSync, readSync } from 'node:fs'
import { escapePattern } from './escape-pattern.ts'
import type { LintContext } from './lint-context.ts'
import { baseUrlName } from './url-candidate.ts'

/** A larger file is no source and no settings. */
const largest = 1024 * 1024
const buffer = Buffer.allocUnsafe(largest + 1)

/**
 * The text of a file in which a base URL for the gateway may stand; undefined when its bytes rule that out, and for a
 * binary or a larger file. Throws what the file system throws.
 */
export function readSource(path: string, worthReading: RegExp): string | undefined {
  const file = openSync(path, 'r')
  try {
    const bytes = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0))
    if (bytes.length > largest || !worthReading.test(bytes.toString('latin1'))) return undefined
    return bytes.includes(0) ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  } finally {
    closeSync(file)
  }
}

/** Matches every text that lint has to look at: an address of the gateway, or a name of a base URL. */
export function worthReadingPattern({ gateway, knownOrigins, variables }: LintContext): RegExp {
  const origins = [...gateway.regions.map(({ origin }) => origin), ...knownOrigins]
  const hosts = origins.map((origin) => origin.replace(/^https?:\/\//, ''))
  // Of a name its middle is enough, so that another ending is met as well.
  const parts = hosts.flatMap((host) => (/^[\d.]+$/.test(host) ? host : host.split('.').slice(-2, -1)))
  const needed = [...new Set([...parts, ...variables.keys()])].map(escapePattern)
  return new RegExp([...needed, baseUrlName.source].join('|'), 'i')
}
