import { keyVariables, type Tool } from '../../src/catalog/tool.ts'
import { testCatalog } from './test-catalog.ts'

/** The ids of all tools, in the order of the catalog. */
export const toolIds: readonly string[] = testCatalog.tools.map(({ id }) => id)

/** Those that can be set up with nothing named besides: some need a model. */
export const toolsWithoutModel: readonly string[] = testCatalog.tools
  .filter(({ targets }) => targets.every(({ needsModel }) => !needsModel))
  .map(({ id }) => id)

/** What a setup of a tool has to name besides: the model, where its client has none of its own. */
export function modelFlags(tool: string): string[] {
  return toolsWithoutModel.includes(tool) ? [] : ['--model', `${tool}=m-1`]
}

/** Whether a key can be in the keychain: a client that reads its files alone gets none from there. */
export function takesKeychain(tool: Tool): boolean {
  return tool.keyDelivery.length > 0 || keyVariables(tool).length > 0
}

/** `no entry for ID in FILE` for each tool that a table written by hand leaves out; of all tools, or of some. */
export function missingEntries(
  table: object,
  file: string,
  tools: readonly Pick<Tool, 'id'>[] = testCatalog.tools,
): string[] {
  return tools.filter(({ id }) => !Object.hasOwn(table, id)).map(({ id }) => `no entry for ${id} in ${file}`)
}

/**
 * One tool for each format that settings are in, and one for each way of variables: where a test plays every call of a run,
 * a second tool of the same kind costs minutes and shows nothing new.
 */
export const oneToolOfEachKind: readonly string[] = [
  ...new Map(
    testCatalog.tools
      .flatMap((tool) => [
        ...tool.targets.map(({ format, scope }) => [`${scope} ${format}`, tool.id] as const),
        ...(tool.env ? [['variables', tool.id] as const] : []),
      ])
      .reverse(),
  ).values(),
].filter((id, index, all) => all.indexOf(id) === index)
