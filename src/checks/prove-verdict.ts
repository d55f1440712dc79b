import type { SeenRequest } from '../gateway/stand-in.ts'
import type { RunResult } from '../host/host.ts'

/**
 * `wrong`: a request did not get its reply, or was not the one that the settings are made for. `no-request`: the client
 * never asked the gateway. `no-reply`: it asked rightly and did not show the reply. `skipped`: it is not there.
 */
export type ProofVerdict = 'proven' | 'wrong' | 'no-request' | 'no-reply' | 'skipped'

/** A request as the gateway on loopback saw it, with nothing of the key but how it was sent. */
export type ProofRequest = Pick<SeenRequest, 'method' | 'path' | 'auth' | 'status'>

/** What one run of a client came to; the reason is for a verdict other than `proven`. */
export interface Judged {
  readonly verdict: ProofVerdict
  /** Each kind of request once, in the order of the first. */
  readonly requests: readonly ProofRequest[]
  readonly replySeen: boolean
  readonly reason?: string
}

/** What the gateway on loopback says; a person would hardly get it otherwise. */
const reply = 'pong'

/** Said to the client: no word of the reply, and more than one word (Cline 3 refuses one). */
export const proofPrompt = 'Answer with one short word please'

/**
 * Judges a run by the requests that the gateway saw and the reply in the client's output. Never by its exit code (Aider
 * ends with 0 on a 404, Cline 2 with 1 on success), nor by its wording.
 */
export function judgeProof(
  seen: readonly SeenRequest[],
  expected: readonly string[],
  run: RunResult,
): Judged {
  const replySeen = run.stdout.includes(reply)
  const judged = { requests: uniqueRequests(seen), replySeen }
  const posts = judged.requests.filter(({ method }) => method === 'POST')
  const missing = /^missing: (.*)$/m.exec(run.stdout)?.[1]
  if (posts.length === 0 && missing !== undefined) return { ...judged, verdict: 'skipped', reason: missing }
  if (posts.length === 0) return { ...judged, verdict: 'no-request', reason: explainEnd(run) }
  const wrong = posts.find(({ status, path }) => status !== 200 || !expected.includes(path))
  if (wrong) return { ...judged, verdict: 'wrong', reason: explainWrong(wrong, expected) }
  return replySeen
    ? { ...judged, verdict: 'proven' }
    : { ...judged, verdict: 'no-reply', reason: explainEnd(run) }
}

/** The version that a library's proof has printed. */
export function printedVersion(stdout: string): string | undefined {
  return /^version: (\S+)/m.exec(stdout)?.[1]
}

function uniqueRequests(seen: readonly SeenRequest[]): ProofRequest[] {
  const requests = seen.map(({ method, path, auth, status }) => ({ method, path, auth, status }))
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()]
}

function explainWrong({ path, status }: ProofRequest, expected: readonly string[]): string {
  if (status === 200) return `it asked for ${path} instead of ${expected.join(' or ')}`
  return `POST ${path} got ${status}`
}

function explainEnd({ exit, stderr, timedOut }: RunResult): string {
  if (timedOut) return 'its time was over'
  if (exit === null) return 'it could not be run'
  const lastWords = stderr.trim().split('\n').at(-1)?.trim().slice(0, 200)
  return `it ended with exit code ${exit}${lastWords ? `: ${lastWords}` : ''}`
}
