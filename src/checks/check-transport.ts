import { createTransport, type Transport } from '../gateway/transport.ts'
import { readExtraCertificates } from '../host/extra-certificates.ts'
import type { Host } from '../host/host.ts'

/** The network as this host's environment says to reach it. */
export function hostTransport(host: Pick<Host, 'env' | 'cwd' | 'interruption' | 'isOffline'>): Transport {
  if (host.isOffline) throw new Error('a command that declares no network was about to ask a gateway')
  const certificates = readExtraCertificates(host)
  return createTransport({
    env: host.env,
    stop: host.interruption.signal,
    ...(certificates !== undefined && { certificates }),
  })
}
