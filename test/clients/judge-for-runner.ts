import { judgeBaseUrl, type Verdict } from '../../src/gateway/judge-base-url.ts'
import { testCatalog } from '../support/test-catalog.ts'
import type { ClientRunner } from './runners/client-runner.ts'

/** What the judge says of a base URL for this client; `origin` is a gateway that the user has named. */
export function judgeForRunner({ base, paths }: ClientRunner, url: string, origin?: string): Verdict {
  const [path = ''] = paths
  const { gateway } = testCatalog
  const protocol = gateway.protocols.find(({ routes }) => routes.includes(path))
  if (!protocol) throw new Error(`${path} is no route`)
  const endpoint = { protocol: protocol.id, prefix: base, appends: path.slice(base.length) }
  return judgeBaseUrl(url, endpoint, gateway, { knownOrigins: origin === undefined ? [] : [origin] })
}
