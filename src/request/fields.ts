import type { Catalog } from '../catalog/tool.ts'
import { languages } from '../texts/language.ts'
import { type Message, say } from '../texts/message.ts'
import { folderFlags } from './folder-flags.ts'
import { type VerbOwner, verbNames, type verbs } from './request.ts'

/** Every command, by the word that is typed; each has a file of its own in commands/. */
export const commands = [
  'setup',
  'print',
  'check',
  'lint',
  'doctor',
  'status',
  'switch',
  'apply',
  'export',
  'invite',
  'report',
  'undo',
  'key',
  'remove',
  'prove',
  'demo',
  'run',
  'models',
  'tools',
  'completion',
] as const

export type CommandName = (typeof commands)[number]

/** The commands that flags belong to: of a command with verbs, each verb has its own. */
type FlagOwner = Exclude<CommandName, keyof typeof verbs> | VerbOwner

/** One thing that a user can say. The parser, `--help`, the wizard, the errors and the README's table read this. */
export interface Field {
  /** The flag without its dashes. */
  readonly flag: string
  /** Its one letter, for a single dash. */
  readonly short?: string
  /** Name of its value in the help; a flag without one is a switch. */
  readonly value?: string
  /** May be given more than once, or as a list with commas. */
  readonly many?: boolean
  readonly summary: Message
  /** Whose flag it is; with any other command it is refused. */
  readonly commands: readonly FlagOwner[]
  /** The values that are allowed. */
  readonly choices?: (catalog: Catalog) => readonly string[]
  readonly default?: string
}

/** They change files or the keychain. */
const writers = [
  'setup',
  'switch',
  'apply',
  'remove',
  'undo',
  'key set',
  'key rotate',
  'key forget',
  'lint',
  'completion install',
  'completion uninstall',
] as const

/** They say how tools reach the gateway. */
const setters = ['setup', 'switch', 'apply', 'key rotate'] as const

const everyCommand: readonly FlagOwner[] = [
  ...commands.filter((name) => name !== 'key' && name !== 'completion'),
  ...verbNames,
]

/** Everything that a user can say, but for the flags that come from the folders of tools. */
export const fields = {
  tool: {
    flag: 'tool',
    value: 'ID',
    many: true,
    summary: say('flag.tool'),
    commands: ['setup', 'prove'],
    choices: (catalog) => [...catalog.tools.map((tool) => tool.id), 'all', 'detected'],
  },
  onlyTools: {
    flag: 'tool',
    value: 'ID',
    many: true,
    summary: say('flag.only-tools'),
    commands: ['check', 'doctor'],
    choices: (catalog) => [...catalog.tools.map((tool) => tool.id), 'all', 'detected'],
  },
  // What is set up can be of a tool whose folder is gone meanwhile, so the command itself knows the choices.
  setUpTool: {
    flag: 'tool',
    value: 'ID',
    many: true,
    summary: say('flag.set-up-tool'),
    commands: ['remove', 'switch', 'status', 'key rotate'],
  },
  region: {
    flag: 'region',
    value: 'ID',
    summary: say('flag.region'),
    commands: ['setup'],
    choices: (catalog) => [...regionNames(catalog), 'auto'],
    default: 'global',
  },
  printRegion: {
    flag: 'region',
    value: 'ID',
    summary: say('flag.print-region'),
    commands: ['print'],
    choices: regionNames,
    default: 'global',
  },
  presentRegion: {
    flag: 'region',
    value: 'ID',
    summary: say('flag.present-region'),
    commands: ['run', 'models', 'key set'],
    choices: regionNames,
  },
  regions: {
    flag: 'region',
    value: 'ID',
    many: true,
    summary: say('flag.regions'),
    commands: ['check'],
    choices: regionNames,
  },
  all: { flag: 'all', summary: say('flag.all'), commands: ['check'] },
  withTools: { flag: 'tools', summary: say('flag.with-tools'), commands: ['check'] },
  limits: { flag: 'limits', summary: say('flag.limits'), commands: ['status'] },
  live: { flag: 'live', summary: say('flag.live'), commands: ['check'] },
  project: { flag: 'project', summary: say('flag.project'), commands: ['lint'] },
  fix: { flag: 'fix', summary: say('flag.fix'), commands: ['lint'] },
  reportFormat: {
    flag: 'format',
    value: 'FORMAT',
    summary: say('flag.report-format'),
    commands: ['lint'],
    choices: () => ['sarif', 'github'],
  },
  gateway: {
    flag: 'gateway',
    value: 'URL',
    summary: say('flag.gateway'),
    commands: ['setup', 'print', 'check', 'switch', 'run', 'models', 'key set'],
  },
  allowHttp: {
    flag: 'allow-http',
    summary: say('flag.allow-http'),
    commands: ['setup', 'print', 'check', 'switch', 'apply', 'run', 'models', 'key set'],
  },
  scope: {
    flag: 'scope',
    value: 'SCOPE',
    summary: say('flag.scope'),
    commands: ['setup', 'remove'],
    choices: () => ['user', 'project', 'managed'],
    default: 'user',
  },
  // Whose settings these commands are about; which of the user's own, other flags tell.
  ownScope: {
    flag: 'scope',
    value: 'SCOPE',
    summary: say('flag.own-scope'),
    commands: ['apply', 'status', 'switch', 'undo', 'export'],
    choices: () => ['user', 'managed'],
    default: 'user',
  },
  name: {
    flag: 'name',
    value: 'NAME',
    summary: say('flag.name'),
    commands: [
      ...(['setup', 'print', 'check', 'doctor', 'status', 'switch', 'remove', 'run', 'models'] as const),
      ...(['export', 'undo'] as const),
      ...(['key set', 'key get', 'key rotate', 'key forget'] as const),
    ],
  },
  method: {
    flag: 'method',
    value: 'METHOD',
    summary: say('flag.method'),
    commands: ['setup'],
    choices: () => ['file', 'env'],
  },
  shell: {
    flag: 'shell',
    value: 'ID',
    summary: say('flag.shell'),
    commands: ['setup'],
    choices: (catalog) => [...new Set(catalog.shells.map((shell) => shell.id))],
  },
  launchAgent: {
    flag: 'launch-agent',
    value: 'APP',
    many: true,
    summary: say('flag.launch-agent'),
    commands: ['setup', 'remove'],
  },
  keyFile: {
    flag: 'key-file',
    value: 'PATH',
    summary: say('flag.key-file'),
    commands: ['setup', 'print', 'check', 'apply', 'key set', 'key rotate', 'run', 'models'],
  },
  keyStore: {
    flag: 'key-store',
    value: 'STORE',
    summary: say('flag.key-store'),
    commands: ['setup', 'print', 'key set'],
    choices: () => ['file', 'env', 'keychain'],
    default: 'file',
  },
  model: {
    flag: 'model',
    value: '[TOOL[:ROLE]=]ID',
    many: true,
    summary: say('flag.model'),
    commands: ['setup', 'print', 'check', 'run'],
  },
  unset: { flag: 'unset', value: '[TOOL=]NAME', many: true, summary: say('flag.unset'), commands: ['setup'] },
  onConflict: {
    flag: 'on-conflict',
    value: 'WHAT',
    summary: say('flag.on-conflict'),
    commands: [...setters, 'remove', 'completion install', 'completion uninstall'],
    choices: () => ['stop', 'overwrite', 'skip'],
    default: 'stop',
  },
  allowTracked: { flag: 'allow-tracked', summary: say('flag.allow-tracked'), commands: [...setters, 'lint'] },
  gitignore: { flag: 'gitignore', summary: say('flag.gitignore'), commands: setters },
  allowProblems: {
    flag: 'allow-problems',
    summary: say('flag.allow-problems'),
    commands: [...setters, 'remove', 'lint'],
  },
  recover: {
    flag: 'recover',
    value: 'HOW',
    summary: say('flag.recover'),
    commands: writers,
    choices: () => ['undo', 'finish'],
    default: 'undo',
  },
  restartDaemons: { flag: 'restart-daemons', summary: say('flag.restart-daemons'), commands: setters },
  check: { flag: 'check', summary: say('flag.check'), commands: ['apply'] },
  prune: { flag: 'prune', summary: say('flag.prune'), commands: ['apply'] },
  allowGateway: { flag: 'allow-gateway', summary: say('flag.allow-gateway'), commands: ['apply'] },
  allowCommand: { flag: 'allow-command', summary: say('flag.allow-command'), commands: ['apply'] },
  yes: { flag: 'yes', summary: say('flag.yes'), commands: [...writers, 'run'] },
  list: { flag: 'list', summary: say('flag.list'), commands: ['undo'] },
  dryRun: { flag: 'dry-run', summary: say('flag.dry-run'), commands: writers },
  purge: { flag: 'purge', summary: say('flag.purge'), commands: ['remove'] },
  install: { flag: 'install', summary: say('flag.install'), commands: ['setup', 'run'] },
  registry: { flag: 'registry', value: 'URL', summary: say('flag.registry'), commands: ['setup', 'run'] },
  alsoWindows: { flag: 'also-windows', summary: say('flag.also-windows'), commands: ['setup'] },
  exitCode: { flag: 'exit-code', summary: say('flag.exit-code'), commands: ['setup', 'switch', 'status'] },
  diff: {
    flag: 'diff',
    summary: say('flag.diff'),
    commands: writers.filter((command) => command !== 'key forget'),
  },
  timeout: {
    flag: 'timeout',
    value: 'SECONDS',
    summary: say('flag.timeout'),
    commands: ['setup', 'check', 'switch', 'apply', 'key rotate', 'doctor', 'models'],
    default: '10',
  },
  deep: { flag: 'deep', summary: say('flag.deep'), commands: ['doctor'] },
  noCheck: {
    flag: 'no-check',
    summary: say('flag.no-check'),
    commands: [...setters, 'doctor'],
  },
  protocol: {
    flag: 'protocol',
    value: 'ID',
    summary: say('flag.protocol'),
    commands: ['models'],
    choices: ({ gateway }) => gateway.protocols.map(({ id }) => id),
  },
  format: { flag: 'format', value: 'FORMAT', summary: say('flag.format'), commands: ['print', 'export'] },
  salt: { flag: 'salt', value: 'TEXT', summary: say('flag.salt'), commands: ['report'] },
  printRun: { flag: 'print', summary: say('flag.print-run'), commands: ['run'] },
  withKey: { flag: 'with-key', summary: say('flag.with-key'), commands: ['print'] },
  quiet: { flag: 'quiet', short: 'q', summary: say('flag.quiet'), commands: everyCommand },
  json: { flag: 'json', summary: say('flag.json'), commands: everyCommand },
  // Read before all else, so that the errors of the parser are in that language as well.
  lang: {
    flag: 'lang',
    value: 'LANGUAGE',
    summary: say('flag.lang'),
    commands: everyCommand,
    choices: () => languages,
  },
} as const satisfies Record<string, Field>

/**
 * The fields of a command, with the flags that tools' folders add: of `key rotate` those of this verb, of `key` those of any
 * verb.
 */
export function fieldsOf(command: string, catalog: Catalog): [name: string, field: Field][] {
  return [...Object.entries<Field>(fields), ...folderFlags(catalog)].filter(([, field]) =>
    isFlagOf(command, field),
  )
}

/** Whether a command, or one of its verbs, has the field. */
export function isFlagOf(command: string, { commands }: Field): boolean {
  return commands.some((owner) => owner === command || owner.startsWith(`${command} `))
}

function regionNames(catalog: Catalog): string[] {
  return catalog.gateway.regions.flatMap((region) => [region.id, ...region.aliases])
}
