import type { RequestListener } from 'node:http'
import { type Faulty, startFaulty } from './faulty-gateway.ts'
import { startProxy } from './loopback-proxy.ts'
import { type Certificates, makeCertificates } from './make-certificates.ts'
import { testCatalog } from './test-catalog.ts'

export interface FakeRegions {
  /** Leads every request for a region's own address to loopback. */
  readonly env: Readonly<Record<string, string>>
  readonly servers: Readonly<Record<string, Faulty>>
  close(): Promise<void>
}

/** The regions at their own addresses, behind a proxy on loopback; those that are not named cannot be reached. */
export async function startRegions(
  listeners: Readonly<Record<string, RequestListener>>,
): Promise<FakeRegions> {
  const certificates = await makeCertificates()
  const servers: Record<string, Faulty> = {}
  const ports: Record<string, number> = {}
  for (const [id, listener] of Object.entries(listeners)) {
    const server = await startRegion(id, listener, certificates)
    servers[id] = server
    ports[hostOf(id)] = server.port
  }
  const proxy = await startProxy(ports)
  const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: certificates.authority }
  const close = async () => {
    await proxy.close()
    await Promise.all(Object.values(servers).map((server) => server.close()))
    certificates.drop()
  }
  return { env, servers, close }
}

function startRegion(id: string, listener: RequestListener, { good }: Certificates): Promise<Faulty> {
  return startFaulty(listener, originOf(id).startsWith('https:') ? good : undefined)
}

function hostOf(id: string): string {
  return new URL(originOf(id)).hostname
}

function originOf(id: string): string {
  const region = testCatalog.gateway.regions.find((candidate) => candidate.id === id)
  if (!region) throw new Error(`no region ${id}`)
  return region.origin
}
