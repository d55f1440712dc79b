import type { Catalog } from '../catalog/tool.ts'
import { languages } from '../texts/language.ts'

/** Every command, by the word that is typed; each has a file of its own in commands/. */
export type CommandName =
  | 'setup'
  | 'print'
  | 'check'
  | 'lint'
  | 'doctor'
  | 'status'
  | 'switch'
  | 'undo'
  | 'key'
  | 'remove'
  | 'prove'
  | 'demo'

/** The commands that flags belong to: of a command with verbs, each verb has its own. */
type FlagOwner = Exclude<CommandName, 'key'> | (typeof keyVerbs)[number]

/** One thing that a user can say. The parser, `--help`, the wizard, the errors and the README's table read this. */
export interface Field {
  /** The flag without its dashes. */
  readonly flag: string
  /** Name of its value in the help; a flag without one is a switch. */
  readonly value?: string
  /** May be given more than once, or as a list with commas. */
  readonly many?: boolean
  readonly summary: string
  /** Whose flag it is; with any other command it is refused. */
  readonly commands: readonly FlagOwner[]
  /** The values that are allowed. */
  readonly choices?: (catalog: Catalog) => readonly string[]
  readonly default?: string
}

/** The verbs of the command `key`, each with flags of its own. */
export const keyVerbs = ['key set', 'key get', 'key rotate', 'key forget'] as const

/** They change files or the keychain. */
const writers = ['setup', 'switch', 'remove', 'undo', 'key set', 'key rotate', 'key forget', 'lint'] as const

const everyCommand = [
  'setup',
  'print',
  'check',
  'lint',
  'doctor',
  'status',
  'switch',
  'undo',
  ...keyVerbs,
  'remove',
  'prove',
  'demo',
] as const

/** Everything that a user can say, but for the flags that pin a tool's variant: those come from its folder. */
export const fields = {
  tool: {
    flag: 'tool',
    value: 'ID',
    many: true,
    summary: 'tool, by its id; `all`, or `detected` for those found here',
    commands: ['setup', 'prove'],
    choices: (catalog) => [...catalog.tools.map((tool) => tool.id), 'all', 'detected'],
  },
  // What is set up can be of a tool whose folder is gone meanwhile, so the command itself knows the choices.
  removedTool: {
    flag: 'tool',
    value: 'ID',
    many: true,
    summary: 'tool that is set up, by its id; `all`, or `detected` for those found here',
    commands: ['remove'],
  },
  region: {
    flag: 'region',
    value: 'ID',
    summary: 'where the gateway is reached; `auto` for the fastest one with TLS',
    commands: ['setup'],
    choices: (catalog) => [...regionNames(catalog), 'auto'],
    default: 'global',
  },
  printRegion: {
    flag: 'region',
    value: 'ID',
    summary: 'where the gateway is reached',
    commands: ['print'],
    choices: regionNames,
    default: 'global',
  },
  regions: {
    flag: 'region',
    value: 'ID',
    many: true,
    summary: 'region to check; by default those that are set up, else global',
    commands: ['check'],
    choices: regionNames,
  },
  all: { flag: 'all', summary: 'check every region and compare their times', commands: ['check'] },
  live: {
    flag: 'live',
    summary: 'also one smallest real round trip a protocol; costs tokens',
    commands: ['check'],
  },
  project: { flag: 'project', summary: 'also source code below this folder', commands: ['lint'] },
  fix: { flag: 'fix', summary: 'correct what is wrong, as a run that can be undone', commands: ['lint'] },
  reportFormat: {
    flag: 'format',
    value: 'FORMAT',
    summary: 'report for CI: sarif, or annotations of GitHub',
    commands: ['lint'],
    choices: () => ['sarif', 'github'],
  },
  gateway: {
    flag: 'gateway',
    value: 'URL',
    summary: 'origin of a private relay instead of a region',
    commands: ['setup', 'print', 'check', 'switch'],
  },
  allowHttp: {
    flag: 'allow-http',
    summary: 'accept a --gateway without TLS on another machine',
    commands: ['setup', 'print', 'check', 'switch'],
  },
  scope: {
    flag: 'scope',
    value: 'SCOPE',
    summary: 'for you (user) or for the project in this folder (project)',
    commands: ['setup', 'remove'],
    choices: () => ['user', 'project'],
    default: 'user',
  },
  method: {
    flag: 'method',
    value: 'METHOD',
    summary: "the tool's own file, or variables through your shell's profile; by default what suits the tool",
    commands: ['setup'],
    choices: () => ['file', 'env'],
  },
  shell: {
    flag: 'shell',
    value: 'ID',
    summary: 'shell whose profile reads the variables; by default your login shell',
    commands: ['setup'],
    choices: (catalog) => [...new Set(catalog.shells.map((shell) => shell.id))],
  },
  keyFile: {
    flag: 'key-file',
    value: 'PATH',
    summary: 'file that holds the key, `-` for standard input; otherwise QCODE_API_KEY or a question',
    commands: ['setup', 'print', 'check', 'key set', 'key rotate'],
  },
  keyStore: {
    flag: 'key-store',
    value: 'STORE',
    summary:
      'write the key into the files, leave it to variables that you set yourself (env), or keep it in the keychain',
    commands: ['setup', 'print'],
    choices: () => ['file', 'env', 'keychain'],
    default: 'file',
  },
  model: {
    flag: 'model',
    value: '[TOOL=]ID',
    many: true,
    summary: "model, by default each client's own",
    commands: ['setup', 'print', 'check'],
  },
  onConflict: {
    flag: 'on-conflict',
    value: 'WHAT',
    summary: 'a value that you changed: overwrite it, skip it, or stop',
    commands: ['setup', 'switch', 'key rotate', 'remove'],
    choices: () => ['stop', 'overwrite', 'skip'],
    default: 'stop',
  },
  allowTracked: {
    flag: 'allow-tracked',
    summary: 'write the key, and backups with it, even where git tracks or would track them',
    commands: ['setup', 'switch', 'key rotate', 'lint'],
  },
  gitignore: {
    flag: 'gitignore',
    summary: 'add files with the key that git would take to the .gitignore of their repository',
    commands: ['setup', 'switch', 'key rotate'],
  },
  allowProblems: {
    flag: 'allow-problems',
    summary: 'write even where a tool would not work as asked; what is wrong is told',
    commands: ['setup', 'switch', 'key rotate', 'remove', 'lint'],
  },
  recover: {
    flag: 'recover',
    value: 'HOW',
    summary: 'a run that was killed half-way: finish it or undo it first',
    commands: writers,
    choices: () => ['undo', 'finish'],
    default: 'undo',
  },
  restartDaemons: {
    flag: 'restart-daemons',
    summary: 'restart background processes of a client that still have the old settings',
    commands: ['setup', 'switch', 'key rotate'],
  },
  yes: { flag: 'yes', summary: 'ask nothing', commands: writers },
  list: { flag: 'list', summary: 'list the runs that can be undone, and change nothing', commands: ['undo'] },
  dryRun: { flag: 'dry-run', summary: 'show what would change, write nothing', commands: writers },
  purge: {
    flag: 'purge',
    summary: 'also delete the backups that hold the key; what they belong to can no longer be undone',
    commands: ['remove'],
  },
  exitCode: {
    flag: 'exit-code',
    summary:
      'end with 3 where something has changed since (status) or would change (with --dry-run), else with 0',
    commands: ['setup', 'switch', 'status'],
  },
  diff: {
    flag: 'diff',
    summary: 'show the changes as a diff, keys masked',
    commands: writers.filter((command) => command !== 'key forget'),
  },
  timeout: {
    flag: 'timeout',
    value: 'SECONDS',
    summary: 'how long to wait for a whole reply of the gateway',
    commands: ['setup', 'check', 'switch', 'key rotate', 'doctor'],
    default: '10',
  },
  deep: {
    flag: 'deep',
    summary: 'also run your installed tools on a copy of your settings, against a gateway on this machine',
    commands: ['doctor'],
  },
  noCheck: {
    flag: 'no-check',
    summary: 'do not contact the gateway',
    commands: ['setup', 'switch', 'key rotate', 'doctor'],
  },
  format: {
    flag: 'format',
    value: 'FORMAT',
    summary: 'sh, fish, powershell, cmd, dotenv, toml, json, yaml, python or typescript, as the tool allows',
    commands: ['print'],
  },
  withKey: { flag: 'with-key', summary: 'put the real key into what is printed', commands: ['print'] },
  json: { flag: 'json', summary: 'one JSON document on standard output', commands: everyCommand },
  // Read before all else, so that the errors of the parser are in that language as well.
  lang: {
    flag: 'lang',
    value: 'LANGUAGE',
    summary: 'language of what is said; by default QCODE_LANG, then the locale',
    commands: everyCommand,
    choices: () => languages,
  },
} as const satisfies Record<string, Field>

/**
 * The fields of a command, with the flags by which tools let a variant be pinned: of `key rotate` those of this verb, of
 * `key` those of any verb.
 */
export function fieldsOf(command: string, catalog: Catalog): [name: string, field: Field][] {
  return [...Object.entries<Field>(fields), ...pinFields(catalog)].filter(([, field]) =>
    isFlagOf(command, field),
  )
}

/** Whether a command, or one of its verbs, has the field. */
export function isFlagOf(command: string, { commands }: Field): boolean {
  return commands.some((owner) => owner === command || owner.startsWith(`${command} `))
}

/** Flags such as `--codex-base` that a tool's folder declares; the field's name is `pin:TOOL`. */
function pinFields(catalog: Catalog): [string, Field][] {
  return catalog.tools.flatMap(({ id, title, pinFlag, variants }) =>
    pinFlag === undefined
      ? []
      : [
          [
            `pin:${id}`,
            {
              flag: pinFlag,
              value: 'VARIANT',
              summary: `${title}: ${variants.map((variant) => variant.id).join(', ')}; by default what fits its version`,
              commands: ['setup', 'print'],
              choices: () => variants.map((variant) => variant.id),
            },
          ] as [string, Field],
        ],
  )
}

function regionNames(catalog: Catalog): string[] {
  return catalog.gateway.regions.flatMap((region) => [region.id, ...region.aliases])
}
