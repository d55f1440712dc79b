import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Host } from './host.ts'

/** The certificates (PEM) that NODE_EXTRA_CA_CERTS names. One that cannot be read counts as none, as in Node.js itself. */
export function readExtraCertificates({ env, cwd }: Pick<Host, 'env' | 'cwd'>): string | undefined {
  const file = env.NODE_EXTRA_CA_CERTS
  if (!file) return undefined
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch {
    return undefined
  }
}
