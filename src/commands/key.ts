import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type Run,
  type WritingContext,
} from '../command.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import type { Plan } from '../plan/plan.ts'
import { editKeychain } from '../plan/written-keys.ts'
import { judgeKeyLook, missingKey } from '../request/normalise-request.ts'
import type { Input } from '../request/request.ts'
import { verbs } from '../request/verbs.ts'
import { type Keychain, keyAccount, openKeychain } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
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
 * The key on standard output, for a program: from the keychain and nowhere else. A person at a terminal, and JSON, get
 * the masked one. Errors: UserError `key-not-stored` and `keychain-unavailable`, exit 1.
 */
export async function getKey(_input: Input, { host }: CommandContext): Promise<Outcome> {
  const key = await (await openKeychain(host)).read(keyAccount)
  if (key === undefined) throw notStored()
  const { outputIsSeen } = host.terminal
  return {
    exit: 0,
    findings: [],
    data: { verb: 'get', key: String(key), store: 'keychain', service: 'qcode-setup', account: keyAccount },
    report: outputIsSeen ? String(key) : Secret.reveal(key),
    showsKey: !outputIsSeen,
    next: outputIsSeen ? [host.texts['key.get.whole']] : [],
  }
}

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
