import type { RequestListener } from 'node:http'
import { type Faulty, faults, startFaulty } from '../support/faulty-gateway.ts'

/** Gateways on loopback, by what they answer. Most send back the key that they were given. */
export type Gateways = Readonly<Record<keyof typeof listeners, string>>

const listeners = {
  good: (request, reply) =>
    request.method === 'GET' ? reply.end('{"data":[{"id":"gpt-9"}]}') : faults.none(request, reply),
  refusing: echoing(401),
  forbidding: echoing(403),
  unknown: echoing(404),
  limiting: echoing(429),
  broken: echoing(500),
  chatty: echoing(200),
  cuttingKeys: (request, reply) => {
    const key = keyIn(request)
    const message = `not ${key.slice(0, 14)}, not ${key.slice(20, 50)}, not ${key.slice(-20)}`
    reply.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
  },
  webPage: (request, reply) =>
    reply.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${keyIn(request)}</title>`),
  redirecting: (request, reply) =>
    reply.writeHead(302, { location: `https://elsewhere.invalid/${keyIn(request)}` }).end(),
  models: (request, reply) => {
    const key = keyIn(request)
    if (request.method !== 'GET') return faults.none(request, reply)
    reply.end(JSON.stringify({ data: [{ id: key }, { id: `gpt-${key}` }, { id: [...key].join('\u200b') }] }))
  },
  cutting: faults.reset,
  silent: faults.silent,
  endless: faults.endless,
} as const satisfies Record<string, RequestListener>

export async function startGateways(): Promise<{ origins: Gateways; close: () => Promise<unknown> }> {
  const started = await Promise.all(
    Object.entries(listeners).map(async ([name, listener]) => [name, await startFaulty(listener)] as const),
  )
  const origins = Object.fromEntries(started.map(([name, { origin }]) => [name, origin])) as Gateways
  return {
    origins,
    close: () => Promise.all(started.map(([, server]: readonly [string, Faulty]) => server.close())),
  }
}

/** The key in the text, in a field, in a header, in the middle of a word, in pieces of JSON in JSON. */
function echoing(status: number): RequestListener {
  return (request, reply) => {
    const key = keyIn(request)
    const error = {
      message: `the key ${key} is not right`,
      param: { key },
      code: `x${key}x`,
      raw: JSON.stringify({ key }),
    }
    const body = {
      error,
      message: error.message,
      id: key,
      model: key,
      content: [{ type: 'text', text: key }],
    }
    reply.writeHead(status, { 'content-type': 'application/json', 'x-key': key, 'retry-after': key })
    reply.end(JSON.stringify(body))
  }
}

function keyIn({ headers }: { headers: NodeJS.Dict<string | string[]> }): string {
  return String(headers.authorization ?? headers['x-api-key'] ?? 'no key').replace(/^Bearer /, '')
}
