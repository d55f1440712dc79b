import type { CommandSpec, Outcome, Run, WritingContext } from '../command.ts'
import type { Input } from '../request/request.ts'

/** All commands. Each is loaded only when it runs. */
export const commandTable: readonly CommandSpec[] = [
  {
    name: 'setup',
    summary: 'point tools at the gateway (the command when none is named)',
    examples: [
      ['qcode-setup', 'ask for everything'],
      ['qcode-setup --tool codex --region eu --key-file ~/key.txt --yes', 'ask nothing'],
      ['pass qcode | qcode-setup --tool all --key-file - --dry-run --diff', 'show what would change'],
    ],
    writes: 'files',
    network: true,
    needsEveryTool: true,
    load: async () => (await import('./setup.ts')).runSetup,
  },
  {
    name: 'print',
    summary: 'print the settings of one tool, write nothing',
    positional: { name: 'TOOL', required: true },
    examples: [
      ['qcode-setup print codex --region asia', 'the lines for config.toml'],
      ['qcode-setup print openai-sdk --format python', 'a ready example'],
    ],
    writes: 'nothing',
    network: false,
    needsEveryTool: true,
    load: async () => (await import('./print.ts')).runPrint,
  },
  {
    name: 'check',
    summary: 'ask the gateway whether routes and key are right, for no tokens',
    examples: [
      ['qcode-setup check', 'the regions that are set up'],
      ['qcode-setup check --all', 'every region, with times and a recommendation'],
      ['qcode-setup check --key-file ~/key.txt --live --model MODEL', 'one smallest real round trip as well'],
    ],
    writes: 'nothing',
    network: true,
    load: async () => (await import('./check.ts')).runCheck,
  },
  {
    name: 'status',
    summary: 'what is set up, where, for which region, and what has changed since',
    examples: [['qcode-setup status --json', 'for a script']],
    writes: 'nothing',
    network: false,
    load: async () => (await import('./status.ts')).runStatus,
  },
  {
    name: 'switch',
    summary: 'move all that is set up to another region',
    positional: { name: 'REGION', required: false },
    examples: [
      ['qcode-setup switch eu', 'keys stay as they are'],
      ['qcode-setup switch --gateway https://relay.example.com', 'to a relay of your own'],
    ],
    writes: 'files',
    network: true,
    load: async () => (await import('./switch.ts')).runSwitch,
  },
  {
    name: 'undo',
    summary: 'take a run back, byte for byte',
    positional: { name: 'RUN', required: false },
    examples: [
      ['qcode-setup undo', 'the last run'],
      ['qcode-setup undo --list', 'the runs with their ids, and the files that each changed'],
    ],
    writes: 'files',
    onlyReads: ({ switches }) => switches.has('list'),
    network: false,
    load: async () => (await import('./undo.ts')).runUndo,
  },
  {
    name: 'key',
    summary:
      "another key in every place at once; or the one in the system's keychain: put it there, print it for a program, forget it",
    positional: {
      name: 'VERB',
      required: true,
      choices: {
        set: "put the key into the system's keychain",
        get: 'print the key from the keychain, for a program',
        rotate: 'try another key and put it wherever the old one was written',
        forget: 'take the key out of the keychain, with all copies for undo',
      },
    },
    examples: [
      ['qcode-setup key rotate', 'ask for a new key, try it, and put it wherever the old one was written'],
      ['qcode-setup key set', 'ask for the key; undo gives back the one before'],
      ['pass qcode | qcode-setup key set --key-file - --yes', 'ask nothing'],
      ['qcode-setup key get', 'the key and nothing else, where a program reads it; masked on a terminal'],
      ['qcode-setup key forget', 'out of the keychain with all copies for undo; cannot be undone'],
    ],
    writes: 'files',
    onlyReads: ({ positionals }) => positionals[0] === 'get',
    network: true,
    withoutOwnTools: ['set', 'get', 'forget'],
    load: async () => runKey,
  },
  {
    name: 'remove',
    summary: 'take out only what this program wrote, and give back what it replaced',
    examples: [['qcode-setup remove --tool codex --yes', 'one tool']],
    writes: 'files',
    network: false,
    load: async () => (await import('./remove.ts')).runRemove,
  },
  {
    name: 'lint',
    summary: "judge every base URL for the gateway, in files, in this machine's settings or in source code",
    positional: { name: 'PATH', required: false, many: true },
    examples: [
      ['qcode-setup lint', "this machine's own settings and profiles"],
      ['qcode-setup lint --project --format github', 'in CI'],
      ['qcode-setup lint --fix .env src', 'correct what is wrong in these'],
    ],
    writes: 'files',
    onlyReads: ({ switches }) => !switches.has('fix'),
    network: false,
    load: async () => (await import('./lint.ts')).runLint,
  },
  {
    name: 'prove',
    summary:
      'run your own installed clients with these settings against a gateway on this machine, in a throw-away home',
    examples: [
      ['qcode-setup prove', 'every client that is found here; ends with 0, or 4 where one failed'],
      ['qcode-setup prove --tool codex --json', 'one, for a script'],
    ],
    writes: 'nothing',
    network: false,
    needsEveryTool: true,
    load: async () => (await import('./prove.ts')).runProve,
  },
  {
    name: 'doctor',
    summary: 'what every tool here goes by, where that comes from, and what is wrong with it',
    examples: [
      ['qcode-setup doctor', 'each finding with the command that mends it'],
      ['qcode-setup doctor --deep', 'run each tool once on a copy of your settings'],
      ['qcode-setup doctor --no-check --json', 'without the network, for a script'],
    ],
    writes: 'nothing',
    network: true,
    load: async () => (await import('./doctor.ts')).runDoctor,
  },
  {
    name: 'demo',
    summary:
      'the whole job in a throw-away home against a gateway on this machine; needs no key and no network',
    examples: [['qcode-setup demo', '']],
    writes: 'nothing',
    network: false,
    load: async () => (await import('./demo.ts')).runDemo,
  },
]

/** Each is loaded only when it is asked for: a client that waits for the key waits for nothing else. */
const verbs: Readonly<Record<string, () => Promise<Run<WritingContext>>>> = {
  set: async () => (await import('./key-set.ts')).setKey,
  get: async () => (await import('./key-get.ts')).getKey,
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
