import type { Endpoint, Gateway } from './gateway.ts'
import { judgeBaseUrl } from './judge-base-url.ts'
import type { Origin } from './origin.ts'

/** A base URL that was judged right for the client it is written for. Made only by this folder. */
export class BaseUrl {
  readonly text: string
  /** The absolute path that the client will request. */
  readonly requests: string

  private constructor(text: string, requests: string) {
    this.text = text
    this.requests = requests
  }

  /** `origin + prefix`; throws when the path that the client would request is no route (a fault of the tool's folder). */
  static build(origin: Origin, endpoint: Endpoint, gateway: Gateway): BaseUrl {
    const text = origin.text + endpoint.prefix
    const { requests, problems } = judgeBaseUrl(text, endpoint, gateway, { knownOrigins: [origin.text] })
    const problem = problems[0]
    if (problem || requests === undefined) throw new Error(`${text}: ${problem?.rule ?? 'no URL'}`)
    return new BaseUrl(text, requests)
  }

  toString(): string {
    return this.text
  }
}
