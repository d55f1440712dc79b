import type { CommandContext, CommandSpec, Outcome, Run, WritingContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Input } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'

export const keyCommand: CommandSpec = {
  name: 'key',
  summary: say('help.key'),
  positional: {
    name: 'VERB',
    required: true,
    choices: {
      set: say('help.key-set'),
      get: say('help.key-get'),
      rotate: say('help.key-rotate'),
      forget: say('help.key-forget'),
    },
  },
  examples: [
    ['qcode-setup key rotate', say('help.key.example-1')],
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

/** Each is loaded only when it is asked for: a client that waits for the key waits for nothing else. */
const verbs: Readonly<Record<string, () => Promise<Run<WritingContext>>>> = {
  set: async () => (await import('./key-set.ts')).setKey,
  get: async () => getKey,
  rotate: async () => (await import('./key-rotate.ts')).rotateKey,
  forget: async () => (await import('./key-forget.ts')).forgetKey,
}

/** The key in the system's keychain, and in every file; the verb was checked with the command line. */
export async function runKey(input: Input, context: WritingContext): Promise<Outcome> {
  const load = verbs[input.positionals[0] ?? '']
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
