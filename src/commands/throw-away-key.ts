import type { Host } from '../host/host.ts'

/** A key of the right look that opens nothing but a gateway on loopback. */
export function throwAwayKey(host: Pick<Host, 'randomId'>): string {
  return `cr_${host.randomId().repeat(6).slice(0, 64).padEnd(64, '0')}`
}
