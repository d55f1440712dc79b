import type { Value } from '../documents/document.ts'
import type { Tool, Variant } from './tool.ts'

/** A text of a tool's folder that may hold placeholders. */
interface Templated {
  /** The field or file, for a person. */
  readonly where: string
  readonly content: Value
  /** The variants that it is for; all of them where it is left out. */
  readonly variants?: readonly string[] | undefined
}

/** The first placeholder of a tool's texts that could not be filled in for every variant that uses it, or undefined. */
export function findWrongPlaceholder(tool: Tool): string | undefined {
  for (const one of templatesOf(tool)) {
    const fault = textsIn(one.content)
      .map((text) => faultIn(text, one, tool.variants))
      .find(Boolean)
    if (fault !== undefined) return `${one.where}: ${fault}`
  }
  return undefined
}

function templatesOf({ targets, keyWays, env, notes, snippets }: Tool): Templated[] {
  return [
    ...targets.map(({ path, content, variants }) => ({ where: path, content, variants })),
    ...keyWays.map(({ beside = {}, variants }) => ({ where: 'key_ways.beside', content: beside, variants })),
    ...(env ? [{ where: 'env', content: env.variables }] : []),
    ...notes.map(({ text, textZh, variants }) => ({
      where: 'notes',
      content: [text, textZh ?? ''],
      variants,
    })),
    ...Object.entries(snippets).map(([language, content]) => ({ where: `snippets.${language}`, content })),
  ]
}

function faultIn(text: string, { variants }: Templated, all: readonly Variant[]): string | undefined {
  const users = all.filter(({ id }) => variants === undefined || variants.includes(id))
  const names = [...text.matchAll(/\{\{ (baseUrl[\w:@/.-]*) \}\}/g)].map(([, name = '']) => name)
  const wrong = names.find((name) => !isBaseUrl(name, users, all))
  if (wrong) return `{{ ${wrong} }} is no base URL of every variant that uses it`
  const isJoined = text.includes('{{ keyArguments }}') && text !== '{{ keyArguments }}'
  return isJoined ? '{{ keyArguments }} is a list, so nothing can stand beside it' : undefined
}

/** `baseUrl`, `baseUrl:PROTOCOL`, `baseUrl@VARIANT`, or both. */
function isBaseUrl(name: string, users: readonly Variant[], all: readonly Variant[]): boolean {
  const parts = /^baseUrl(?::([\w-]+))?(?:@([\w/.-]+))?$/.exec(name)
  if (!parts) return false
  const [, protocol, id] = parts
  const meant = id === undefined ? users : all.filter((variant) => variant.id === id)
  if (id !== undefined && meant.length === 0) return false
  return (
    protocol === undefined ||
    meant.every(({ endpoints }) => endpoints.some((one) => one.protocol === protocol))
  )
}

function textsIn(value: Value): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
