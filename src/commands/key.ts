import { join } from 'node:path'
import { readLedger } from '../apply/ledger-store.ts'
import { configFolder } from '../catalog/places.ts'
import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type Run,
  type WritingContext,
} from '../command.ts'
import { UserError } from '../errors.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { type Ledger, nameId, namesIn } from '../ledger.ts'
import { type Holding, heldBy, planTargets } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { WantedTarget } from '../plan/wanted.ts'
import { editKeychain } from '../plan/written-keys.ts'
import { chooseOrigin, judgeKeyLook, missingKey } from '../request/normalise-request.ts'
import { type Input, nameIn, textOf, verbs } from '../request/request.ts'
import { type Keychain, keyAccount, nameAccount, openKeychain } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { explainedFinding } from '../ui/plain-http-texts.ts'
import { reportKeySet } from '../ui/report-key.ts'
import { givenKey } from './given-key.ts'
import { recoverFirst } from './recover-first.ts'
import { writePlan } from './write-plan.ts'

export const keyCommand: CommandSpec = {
  name: 'key',
  summary: say('help.key'),
  positional: {
    name: 'VERB',
    required: true,
    choices: verbs.key,
  },
  examples: [
    ['qcode-setup key rotate', say('help.key.example-1')],
    ['qcode-setup key rotate codex', say('help.key.example-6')],
    ['qcode-setup key set', say('help.key.example-2')],
    ['pass qcode | qcode-setup key set --key-file - --yes', say('help.key.example-3')],
    ['qcode-setup key set --name work --region eu', say('help.key.example-7')],
    ['qcode-setup key get', say('help.key.example-4')],
    ['qcode-setup key forget', say('help.key.example-5')],
  ],
  writes: 'files',
  onlyReads: ({ positionals }) => positionals[0] === 'get',
  network: true,
  withoutOwnTools: ['set', 'get', 'forget'],
  run: runKey,
}

/** What changes files is loaded only when it is asked for: a client that waits for the key waits for nothing else. */
const work: Readonly<Record<string, () => Promise<Run<WritingContext>>>> = {
  set: async () => setKey,
  get: async () => getKey,
  rotate: async () => (await import('./key-rotate.ts')).rotateKey,
  forget: async () => (await import('./key-forget.ts')).forgetKey,
}

/** The key in the system's keychain, and in every file; the verb was checked with the command line. */
export async function runKey(input: Input, context: WritingContext): Promise<Outcome> {
  const load = work[input.positionals[0] ?? '']
  if (load === undefined) throw new Error('a verb of the table has no code')
  const run = await load()
  return run(input, context)
}

/**
 * The key on standard output, for a program: from the keychain and nowhere else, but one with a name from where that keeps it. A person at a terminal, and JSON, get
 * the masked one. Errors: UserError `key-not-stored` and `keychain-unavailable`, exit 1.
 */
export async function getKey(input: Input, context: CommandContext): Promise<Outcome> {
  const { host } = context
  const name = nameIn(input)
  const named =
    name === undefined
      ? undefined
      : await (await import('./names.ts')).readNamed(name, readLedger(host), context)
  const key = named ? named.key : await (await openKeychain(host)).read(keyAccount)
  if (key === undefined) throw notStored()
  const { outputIsSeen } = host.terminal
  const where = named
    ? {
        name,
        store: named.keyStore,
        ...(named.keyStore === 'keychain' && { service, account: nameAccount(named.name) }),
      }
    : { store: 'keychain', service, account: keyAccount }
  return {
    exit: 0,
    findings: [],
    data: { verb: 'get', key: String(key), ...where },
    report: outputIsSeen ? String(key) : Secret.reveal(key),
    showsKey: !outputIsSeen,
    next: outputIsSeen ? [host.texts['key.get.whole']] : [],
  }
}

/** What this program is called in the keychain. */
const service = 'qcode-setup'

function notStored(): UserError {
  return new UserError({
    code: 'key-not-stored',
    message: say('key.not-stored'),
    hint: say('key.not-stored.hint'),
  })
}

/** Puts the key into the keychain, as a run that can be undone. Errors: UserError `key-missing` (exit 2), `keychain-unavailable`. */
export async function setKey(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, committer } = context
  const name = nameIn(input)
  if (name !== undefined) return setNamedKey(name, input, context)
  refuseWithoutName(input)
  const recovered = await recoverFirst(input, context)
  const keychain = await openKeychain(host)
  // Before the key is asked for: a keychain that is out of reach would make the answer useless.
  const current = await keychain.read(keyAccount)
  const key = (await givenKey(input, host)) ?? (await askForKey(input, host))
  const { plan, run, diff } = await writePlan(
    { command: 'key', input, makePlan: ({ ledger }) => planKey(key, keychain, ledger) },
    context,
  )
  const changed = plan.keychain !== undefined
  return {
    exit: 0,
    findings: [...recovered, ...judgeKeyLook(key)],
    data: {
      verb: 'set',
      changed,
      replaced: changed && current !== undefined,
      key: String(key),
      run: run ?? null,
    },
    ...reportKeySet({ key, changed, dryRun: committer.dryRun, diff }, host),
  }
}

/** Errors: UserError `needs-name`, exit 2: the keychain's own key goes with no gateway. */
function refuseWithoutName(input: Input): void {
  const [flag] = Object.entries({
    presentRegion: 'region',
    gateway: 'gateway',
    keyStore: 'key-store',
  }).flatMap(([field, one]) => (input.values[field] === undefined ? [] : [one]))
  if (flag === undefined) return
  throw new UserError({
    code: 'needs-name',
    message: say('name.needed', { flag }),
    hint: say('name.needed.hint'),
    exit: 2,
  })
}

/**
 * Remembers a gateway with its key under a name, as a run that can be undone; no tool's file is touched. Errors: those of
 * `refuseNewName` and `refuseOther`, UserError `key-missing` (exit 2).
 */
async function setNamedKey(name: string, input: Input, context: WritingContext): Promise<Outcome> {
  const { host, catalog, committer } = context
  const { readNamed, refuseNewName, refuseOther } = await import('./names.ts')
  const { describeNames } = await import('./by-name.ts')
  const recovered = await recoverFirst(input, context)
  refuseNewName(name, input, context.catalog)
  const keyStore = textOf(input, 'keyStore')
  const ledger = readLedger(host)
  const known = describeNames(ledger, context).find((one) => one.name === name && !one.fault)
  const region = textOf(input, 'presentRegion')
  const isSaid = region !== undefined || textOf(input, 'gateway') !== undefined
  const named = known && (await readNamed(name, ledger, context))
  const origin = (!isSaid && named?.origin) || chooseOrigin(input, catalog.gateway, region).origin
  const given = (await givenKey(input, host)) ?? named?.key
  if (named) refuseOther(named, { origin, key: given })
  const key = given ?? (await askForKey(input, host))
  const store = named?.keyStore ?? keyStore
  const { plan, run, diff } = await writePlan(
    {
      command: 'key',
      input,
      key,
      makePlan: async (planContext) => {
        const to = { origin, key, ...(store !== undefined && { keyStore: store }) }
        const holding = await holdName(name, to, planContext.ledger, context)
        const held = heldBy(holding, await planTargets(holding.targets, [], planContext))
        return { ...held, ...(holding.keychain && { keychain: holding.keychain }) }
      },
    },
    context,
  )
  const changed = plan.edits.length > 0 || plan.keychain !== undefined
  const { dryRun } = committer
  const { texts } = host
  const id = changed ? (dryRun ? 'name.would-store' : 'name.stored') : 'name.stored-already'
  const said = say(id, { name, origin: origin.text, key: String(key) }).in(texts)
  const kept = { name, region: origin.region, gateway: origin.text, store: store ?? 'file' }
  const findings = origin.isUnencrypted ? [explainedFinding(origin.text)] : []
  return {
    exit: 0,
    findings: [...recovered, ...judgeKeyLook(key), ...findings, ...plan.findings],
    data: { verb: 'set', changed, ...kept, key: String(key), run: run ?? null },
    report: [...(diff ? [diff] : []), said].join('\n'),
    verdict: said,
    next: dryRun
      ? [texts['report.dry-run']]
      : changed
        ? [say('name.use', { name }).in(texts), texts['report.undo']]
        : [],
  }
}

async function askForKey(input: Input, host: Host): Promise<Secret> {
  if (!isInteractive(input, host)) throw missingKey()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host)
}

async function planKey(key: Secret, keychain: Keychain, ledger: Ledger): Promise<Plan> {
  const edit = await editKeychain({ kind: 'present', key }, keychain)
  const nothing = { edits: [], keyFiles: [], rows: [], conflicts: [], findings: [] }
  return { ...nothing, ...(edit && { keychain: edit }), ledger, secrets: [key] }
}

/** What remembers a gateway with its key under a name; without a key, the one that is remembered stays. */
export async function holdName(
  name: string,
  {
    origin,
    key,
    keyStore = 'file',
  }: { readonly origin: Origin; readonly key?: Secret; readonly keyStore?: string },
  ledger: Ledger,
  { host }: CommandContext,
): Promise<Holding> {
  const isKept = keyStore === 'keychain'
  const path = namesIn(ledger).get(name) ?? join(configFolder(host), 'names', `${name}.json`)
  const second = isKept
    ? [{ keyPath: ['keyStore'], value: 'keychain' }]
    : key
      ? [{ keyPath: ['key'], value: key }]
      : []
  const target: WantedTarget = {
    tool: name,
    path,
    format: 'json',
    leaves: [{ keyPath: ['gateway'], value: origin.text }, ...second],
    protected: [],
    timestamps: [],
    baseUrl: origin.text,
    keyStore: isKept ? 'keychain' : 'file',
  }
  const keychain =
    isKept && key
      ? await editKeychain({ kind: 'present', key }, await openKeychain(host), nameAccount(name))
      : undefined
  return { id: nameId(name), targets: [target], ...(keychain && { keychain }) }
}
