import { expect } from 'vitest'
import type { SeenRequest } from '../../src/gateway/stand-in.ts'
import type { Place } from './place.ts'
import { runClient } from './run-client.ts'
import type { ClientRunner, WrongBase } from './runners/client-runner.ts'

/** What one turn of a client came to; the lists hold each value once. */
export interface Turn {
  readonly stdout: string
  readonly stderr: string
  /** Paths of the POSTs that got a reply. */
  readonly served: readonly string[]
  /** Paths of the POSTs that got a 404. */
  readonly refused: readonly string[]
  /** Paths of the POSTs that got a 401. */
  readonly denied: readonly string[]
  readonly auth: readonly SeenRequest['auth'][]
}

/** Lets the client ask once, and notes what the stand-in saw of it. */
export async function takeTurn(runner: ClientRunner, place: Place): Promise<Turn> {
  const { requests } = place.standIn
  const before = requests.length
  const { stdout, stderr } = await runClient(runner, place.home)
  const posts = requests.slice(before).filter(({ method }) => method === 'POST')
  const pathsWith = (wanted: number) =>
    unique(posts.filter(({ status }) => status === wanted).map(({ path }) => path))
  return {
    stdout,
    stderr,
    served: pathsWith(200),
    refused: pathsWith(404),
    denied: pathsWith(401),
    auth: unique(posts.map(({ auth }) => auth)),
  }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

/** A turn whose reply was shown, on the right route, with the key in the one header that the client is known for. */
export function goodTurn(runner: ClientRunner) {
  const stdout = expect.stringContaining('pong')
  return { stdout, served: runner.paths, refused: [], denied: [], auth: [runner.auth] }
}

/** A turn without a reply, whose request, if the gateway saw one, was turned away. */
export function wrongTurn({ path, status }: WrongBase) {
  const asked = path === undefined ? [] : [path]
  const stdout = expect.not.stringContaining('pong')
  return { stdout, served: [], refused: status === 401 ? [] : asked, denied: status === 401 ? asked : [] }
}
