import { limitWait } from './limit-wait.ts'
import type { ProbeVerdict } from './probe-verdict.ts'
import { cleanServerText, errorMessage } from './server-text.ts'
import type { Reply } from './transport.ts'

/** What the reply to a POST without a key says of its route. `host` and `path` are those that were asked for. */
export function judgeReply(reply: Reply, host: string, path: string): ProbeVerdict {
  const { status } = reply
  if (status === 511 || (isPage(reply) && (status < 300 || status === 401))) return captivePortal(reply, host)
  if (status === 401) return { kind: 'right', message: `POST ${path} is a route of ${host}` }
  if (status < 300) return withoutKey(reply, host, path)
  if (status < 400) return redirected(reply, host)
  if (status === 404) return wrongPrefix(reply, host, path)
  if (status === 429) return limited(reply, host)
  if (status === 524) return cdnTimeout(host)
  return status >= 500 ? serverError(reply, host) : unexpected(reply, host)
}

/** A web page where the gateway sends JSON. */
export function isPage({ headers, body }: Reply): boolean {
  return /\bhtml\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body)
}

function captivePortal({ status }: Reply, host: string): ProbeVerdict {
  return {
    kind: 'captive-portal',
    message: `In place of ${host}, a web page answered (${status}): the login page of a network, or a filter`,
    hint: 'Open any http:// page in a browser and log in to the network, then try again.',
  }
}

function withoutKey({ status }: Reply, host: string, path: string): ProbeVerdict {
  return {
    kind: 'captive-portal',
    message: `${host} answered POST ${path} with ${status} although no key was sent: that is not the gateway`,
    hint: 'Check the address; the login page of a network may answer in its place.',
  }
}

function redirected({ status, headers }: Reply, host: string): ProbeVerdict {
  const to = cleanServerText(headers.location ?? 'nowhere')
  return {
    kind: 'redirect',
    message: `${host} redirects to ${to} (${status}); the key would go along, so it was not followed`,
    hint: 'Use the address that it leads to with --gateway, if you trust it.',
  }
}

/** The relay's own 404 names the path as it came in. */
function wrongPrefix({ body }: Reply, host: string, path: string): ProbeVerdict {
  const seen = /^Route (\S+) not found/.exec(errorMessage(body))?.[1]
  const quoted = seen === undefined ? '' : `; it says that it saw ${cleanServerText(seen)}`
  return {
    kind: 'wrong-prefix',
    message: `${host} does not serve POST ${path} (404)${quoted}`,
    hint: 'The prefix of the base URL is wrong for this gateway; to correct the tools here, type: qcode-setup',
  }
}

/** Too many requests; says how long to wait where the reply does. */
export function limited(reply: Reply, host: string): ProbeVerdict {
  const wait = limitWait(reply)
  return {
    kind: 'limited',
    message: `${host} limits the requests now (429)${said(reply)}`,
    hint: wait === undefined ? 'Wait a while, then try again.' : `Wait ${wait}, then try again.`,
  }
}

function cdnTimeout(host: string): ProbeVerdict {
  return {
    kind: 'cdn-timeout',
    message: `The network in front of ${host} gave up waiting for the gateway (524)`,
    hint: 'Long answers can do that; the region global goes without that network.',
  }
}

function serverError(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'server-error',
    message: `${host} has a fault of its own (${reply.status})${said(reply)}`,
    hint: 'Try again later or another region: qcode-setup check --all',
  }
}

function unexpected(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'unexpected-status',
    message: `${host} answered ${reply.status}${said(reply)}`,
    hint: 'Is this the gateway? A filter on the way may answer in its place.',
  }
}

function said({ body }: Reply): string {
  const text = cleanServerText(errorMessage(body))
  return text === '' ? '' : `: ${text}`
}
