import type { SeenRequest } from '../../src/gateway/stand-in.ts'
import { openGateway, type Place } from './place.ts'
import type { ClientRunner, WrongBase } from './runners/client-runner.ts'
import { spoilBaseUrl } from './spoil-base-url.ts'
import { type Turn, takeTurn } from './take-turn.ts'

export interface WrongTurn {
  /** The base URL that was written, with its real origin. */
  readonly base: string
  /** How many files held the right one. */
  readonly spoiled: number
  readonly turn: Turn
  /** What another server saw, which is not the gateway and has no business with the key. */
  readonly strangers: readonly SeenRequest[]
}

/** One turn of a client that was set up, with `wrong` in the place of the base URL that stands in its files. */
export async function takeWrongTurn(
  runner: ClientRunner,
  wrong: WrongBase,
  place: Place,
  right = place.standIn.origin + runner.base,
): Promise<WrongTurn> {
  const { origin } = place.standIn
  const stranger = await openGateway('a key of its own')
  const base = wrong.base
    .replace('{gateway}', origin)
    .replace('{authority}', new URL(origin).host)
    .replace('{stranger}', stranger.origin)
  const spoiled = await spoilBaseUrl(place.home, right, base)
  return { base, spoiled, turn: await takeTurn(runner, place), strangers: stranger.requests }
}
