import { type Message, say, written } from '../texts/message.ts'

/** One place from which the gateway is served. */
export interface Region {
  readonly id: string
  readonly aliases: readonly string[]
  /** What people type for it: not taken, but its id is suggested. */
  readonly alsoCalled: readonly string[]
  /** Scheme and host, such as `https://eu.qcode.cc`; never a trailing slash. */
  readonly origin: string
  readonly title: string
  readonly titleZh: string
  readonly audience: string
  readonly audienceZh: string
}

/** The API families that the gateway serves; templates/gateway.toml has the paths of each. */
export type ProtocolId = 'anthropic-messages' | 'openai-chat' | 'openai-responses'

/** An API family; `routes` are the absolute paths that answer a POST. */
export interface Protocol {
  readonly id: ProtocolId
  readonly title: string
  readonly routes: readonly string[]
  /** Beginnings of the names of the models that only this protocol serves. */
  readonly modelsBeginWith?: readonly string[]
  /** How the names of the models begin that the gateway is known to serve by it. */
  readonly modelFamilies: readonly string[]
}

/** All that is known of the gateway: the content of templates/gateway.toml. */
export interface Gateway {
  readonly modelsRoute: string
  /** Other routes that may give such a list. */
  readonly otherModelsRoutes: readonly string[]
  /** Routes that may tell what limits a key has, for no tokens. */
  readonly limitsRoutes: readonly string[]
  /** A route that may tell what a key may still spend, by the id that one of those told. */
  readonly spendingRoute?: string
  readonly regions: readonly Region[]
  readonly protocols: readonly Protocol[]
}

/** What a client does with its base URL: it requests `base URL + appends`. The base URL to write is `origin + prefix`. */
export interface Endpoint {
  readonly protocol: ProtocolId
  readonly prefix: string
  readonly appends: string
}

/** A region by its id or one of its aliases. */
export function findRegion(gateway: Gateway, name: string): Region | undefined {
  return gateway.regions.find((region) => region.id === name || region.aliases.includes(name))
}

/** A protocol that gateway.toml has to have; a missing one is a fault of the program. */
export function findProtocol(gateway: Gateway, id: ProtocolId): Protocol {
  const protocol = gateway.protocols.find((candidate) => candidate.id === id)
  if (!protocol) throw new Error(`no protocol ${id} in gateway.toml`)
  return protocol
}

/** Whether a protocol serves a model, by the model's name: one that no protocol claims is served by those that claim none. */
export function servesModel(gateway: Gateway, id: ProtocolId, model: string): boolean {
  const claims = ({ modelsBeginWith = [] }: Protocol) =>
    modelsBeginWith.some((start) => model.startsWith(start))
  const protocol = findProtocol(gateway, id)
  return gateway.protocols.some(claims) ? claims(protocol) : protocol.modelsBeginWith === undefined
}

/** Travels without TLS, so whoever is on the way can read the key. */
export function isPlainHttp(origin: string): boolean {
  return new URL(origin).protocol === 'http:'
}

/** A region as people know it, with the id that is typed for it; a gateway of the user's own has none. */
export function regionName(id: string, isUnencrypted: boolean, { regions }: Gateway): Message {
  const region = regions.find((candidate) => candidate.id === id)
  if (!region) return say(isUnencrypted ? 'region.custom.unencrypted' : 'region.custom')
  const title = written(region.title, region.titleZh)
  return say(isUnencrypted ? 'check.name.unencrypted' : 'check.name', { title, id })
}
