import { checkSettings } from '../checks/check-gateway.ts'
import { type CommandContext, type CommandSpec, isInteractive, type Outcome } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { listModels, type ModelList } from '../gateway/fetch-models.ts'
import { type Gateway, type ProtocolId, servesModel } from '../gateway/gateway.ts'
import type { Host } from '../host/host.ts'
import { missingKey } from '../request/normalise-request.ts'
import { type Input, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { explainedFinding } from '../ui/plain-http-texts.ts'
import { renderTable } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { escapeControls, withProgress } from '../ui/write-text.ts'
import { givenKey, presentGateway, presentKey } from './given-key.ts'

export const modelsCommand: CommandSpec = {
  name: 'models',
  summary: say('help.models'),
  examples: [
    ['qcode-setup models', say('help.models.example-1')],
    ['qcode-setup models --protocol anthropic-messages --json', say('help.models.example-2')],
  ],
  writes: 'nothing',
  network: true,
  run: runModels,
}

/** One model that the gateway lists, and who can use it. */
interface ModelRow {
  readonly id: string
  readonly protocols: readonly ProtocolId[]
  /** Ids of tools. */
  readonly tools: readonly string[]
}

/**
 * The models that the gateway lists for the key. Ends with 4 where no route gave a list. Errors: UserError `key-missing`,
 * exit 2, and `no-models`, exit 4.
 */
export async function runModels(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const { gateway } = catalog
  const { origin, choices, key: ofName } = await presentGateway(input, context)
  const key =
    ofName ??
    (await givenKey(input, host)) ??
    (await presentKey(choices, context)) ??
    (await askForKey(input, host))
  const work = listModels(origin, gateway, key, checkSettings(input, host))
  const lists = await withProgress(host, host.texts['check.progress'], work)
  const wanted = textOf(input, 'protocol')
  const all = rowsOf(lists, context)
  const rows = all.filter(({ protocols }) => wanted === undefined || protocols.some((id) => id === wanted))
  if (lists.every(({ kind }) => kind !== 'list')) throw noList(lists)
  const unnamed = Math.max(...lists.map((list) => (list.kind === 'list' ? list.unnamed : 0)))
  const none = say('models.none', { listed: all.length, unnamed, protocol: wanted ?? '' })
  return {
    exit: 0,
    findings: [...(origin.isUnencrypted ? [explainedFinding(origin.text)] : []), ...lists.flatMap(findingOf)],
    data: {
      region: origin.region,
      gateway: origin.text,
      routes: lists.map(({ path, kind }) => ({ path, result: kind })),
      models: rows,
    },
    report: rows.length === 0 ? none.in(host.texts) : render(rows, gateway, host),
  }
}

async function askForKey(input: Input, host: Host): Promise<Secret> {
  if (!isInteractive(input, host)) throw missingKey()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host)
}

/** As people look for them: by maker, and in a name numbers by their size. */
function rowsOf(lists: readonly ModelList[], { catalog }: CommandContext): ModelRow[] {
  const { gateway, tools } = catalog
  const names = new Set(lists.flatMap((list) => (list.kind === 'list' ? list.names : [])))
  return [...names].sort(new Intl.Collator('en', { numeric: true }).compare).map((id) => {
    const protocols = gateway.protocols.map((one) => one.id).filter((one) => servesModel(gateway, one, id))
    const speaks = tools.filter(({ variants }) =>
      variants[0]?.endpoints.some(({ protocol }) => protocols.includes(protocol)),
    )
    return { id, protocols, tools: speaks.map((tool) => tool.id) }
  })
}

function render(rows: readonly ModelRow[], { protocols }: Gateway, host: Host): string {
  const { texts } = host
  const titleOf = (id: ProtocolId) => protocols.find((protocol) => protocol.id === id)?.title ?? id
  const head = [texts['models.model'], texts['models.protocols'], texts['models.tools']]
  const cells = rows.map(({ id, protocols: served, tools }) => [
    escapeControls(id),
    served.map(titleOf).join(texts['list.between']),
    tools.join(texts['list.between']),
  ])
  return renderTable(head, cells, styleFor(host, 'stdout'), host.terminal.columns)
}

/** A route that lists nothing says nothing of the route for requests. */
function findingOf(list: ModelList): Finding[] {
  const { path, kind } = list
  if (kind === 'not-found')
    return [{ id: 'no-model-list', level: 'info', message: say('models.not-found', { path }) }]
  if (kind === 'list')
    return [
      [list.hasMore, 'more-models', say('models.more', { path })] as const,
      [list.unnamed > 0, 'unnamed-models', say('models.unnamed', { path, models: list.unnamed })] as const,
    ].flatMap(([holds, id, message]) => (holds ? [{ id, level: 'warning', message }] : []))
  const { message, hint } = list.verdict
  return [{ id: list.verdict.kind, level: 'warning', message, ...(hint && { hint }) }]
}

function noList(lists: readonly ModelList[]): UserError {
  const failed = lists.flatMap((list) => (list.kind === 'failed' ? [list.verdict] : []))
  const once = new Map(failed.map((verdict) => [String(verdict.message), verdict]))
  return new UserError({
    code: 'no-models',
    message: [
      say('models.no-list', { paths: lists.map(({ path }) => path) }),
      ...[...once.values()].map(({ message }) => message),
      ...(failed.length === 0 ? [say('models.all-not-found')] : []),
    ],
    hint: [...once.values()].flatMap(({ hint }) => hint ?? []).concat(say('models.no-list.hint')),
    exit: 4,
  })
}
