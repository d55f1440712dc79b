import { BaseUrl } from './base-url.ts'
import type { Endpoint, Gateway } from './gateway.ts'
import { type JudgeOptions, judgeBaseUrl, type UrlProblem, type Verdict } from './judge-base-url.ts'
import { Origin } from './origin.ts'
import { hostIn, pathIn, regionMeant } from './region-meant.ts'

/** What is wrong with a base URL that one of several clients reads. */
export interface Judgement {
  readonly problems: readonly Pick<UrlProblem, 'rule' | 'message'>[]
  /** The path that would be requested; undefined when the clients differ, or when the text is no URL. */
  readonly requests: string | undefined
  /** The base URL that is right; undefined where the host or the client is open. Judged right itself. */
  readonly fix: string | undefined
}

interface Candidate {
  readonly verdict: Verdict
  readonly endpoint: Endpoint
}

/**
 * Judges a base URL by what each client that may read it appends. One client that gets along with it is enough; else
 * the mildest verdict counts, as that client is the likeliest one.
 */
export function judgeForClients(
  text: string,
  endpoints: readonly Endpoint[],
  gateway: Gateway,
  options: JudgeOptions = {},
): Judgement {
  const all = endpoints.map((endpoint) => ({
    endpoint,
    verdict: judgeBaseUrl(text, endpoint, gateway, options),
  }))
  const least = Math.min(...all.map(({ verdict }) => verdict.problems.length))
  const best = all.filter(({ verdict }) => verdict.problems.length === least)
  const problems = best[0]?.verdict.problems ?? []
  return {
    problems: problems.map(({ rule, message }) => ({ rule, message })),
    requests: onlyOne(best.map(({ verdict }) => verdict.requests)),
    fix: problems.length === 0 ? undefined : onlyOne(best.map((one) => fixOf(text, one, gateway, options))),
  }
}

/** The path that was written stays where it is right once it is cleaned; else it is the client's own prefix. */
function fixOf(
  text: string,
  { verdict, endpoint }: Candidate,
  gateway: Gateway,
  options: JudgeOptions,
): string | undefined {
  const given = verdict.problems.find(({ fix }) => fix !== undefined)?.fix
  const isKnown = given !== undefined && isRight(given, endpoint, gateway, options)
  const region = regionMeant(hostIn(text) ?? '', gateway)
  const whole = isKnown ? given : region && BaseUrl.build(Origin.ofRegion(region), endpoint, gateway).text
  if (whole === undefined) return undefined
  const kept = new URL(whole).origin + pathIn(text)
  return isRight(kept, endpoint, gateway, options) ? kept : whole
}

function isRight(url: string, endpoint: Endpoint, gateway: Gateway, options: JudgeOptions): boolean {
  return judgeBaseUrl(url, endpoint, gateway, options).problems.length === 0
}

function onlyOne(values: readonly (string | undefined)[]): string | undefined {
  return new Set(values).size === 1 ? values[0] : undefined
}
