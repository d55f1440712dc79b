import type { Catalog } from '../catalog/tool.ts'
import type { Synonyms } from '../errors.ts'
import { alsoCalled } from './request.ts'

/** What people type for a name of ours, by that name: other tools call it so. Such a word is suggested for, never taken. */
type Names = Readonly<Record<string, string>>

const commands: Names = {
  setup: 'install init config configure configuration add login auth onboard wizard',
  'setup --dry-run': 'plan preview dry-run simulate',
  remove: 'uninstall delete del rm unset unconfigure purge clean disable',
  status: 'list ls show info state current overview whoami',
  'status --limits': 'balance quota usage credit credits limits',
  undo: 'rollback revert restore back',
  'undo --list': 'history runs log logs backups',
  doctor: 'diagnose diagnostics diagnosis troubleshoot debug',
  check: 'test ping verify health healthcheck probe speedtest',
  'check --all': 'regions compare latency',
  switch: 'region move migrate',
  'key rotate': 'rotate',
  key: 'keys token apikey api-key keychain',
  'lint --fix': 'fix repair',
  lint: 'validate audit scan',
  print: 'env snippet dump',
  apply: 'import sync converge ensure',
  demo: 'example tutorial sandbox',
  run: 'launch exec once try with',
  models: 'model list-models',
  tools: 'clients agents apps',
  invite: 'share',
  report: 'inventory',
  completion: 'completions autocomplete complete',
}

/** Without dashes on either side, but for a value that goes with the flag. */
const flags: Names = {
  'key-file': 'key api-key apikey token secret keyfile key-path key-from',
  'key-store': 'store keystore',
  'key-store keychain': 'keychain keyring',
  'with-key': 'show-key reveal include-key',
  tool: 'tools client clients app agent for only',
  model: 'models',
  'tool all': 'all everything',
  'tool detected': 'detected installed',
  region: 'regions location server zone area',
  all: 'all-regions compare every',
  gateway: 'base-url baseurl url endpoint host origin relay',
  'allow-http': 'http insecure allow-insecure plain-http',
  'scope user': 'global user system',
  'scope project': 'local project workspace',
  'method env': 'env environment',
  'on-conflict overwrite': 'overwrite replace force f',
  'on-conflict skip': 'skip keep',
  'recover finish': 'continue resume',
  'recover undo': 'rollback abort',
  yes: 'y assume-yes no-prompt non-interactive noninteractive no-input batch force f',
  'dry-run': 'dry dryrun preview plan what-if whatif simulate n',
  'no-check': 'offline no-verify no-network skip-check nocheck no-test',
  list: 'history ls runs',
  purge: 'delete-backups purge-backups',
  fix: 'autofix repair correct',
  quiet: 'silent',
  timeout: 'wait max-time',
  gitignore: 'ignore git-ignore',
  lang: 'language locale',
  live: 'real',
  format: 'shell output as',
}

/** Of the values that a flag takes, by the flag; `tool` and `region` have more in the catalog. */
const values: Readonly<Record<string, Names>> = {
  tool: { all: 'every everything any', detected: 'auto installed found' },
  region: { auto: 'fastest best nearest automatic' },
  scope: { user: 'global me home', project: 'local repo folder workspace', managed: 'system machine admin' },
  method: { file: 'config settings json', env: 'environment variable variables vars shell profile' },
  'key-store': {
    file: 'files config settings plain disk',
    env: 'environment variable variables',
    keychain: 'keyring system os secret-service credential-manager',
  },
  'on-conflict': { stop: 'abort fail quit', overwrite: 'replace force', skip: 'keep ignore' },
  recover: { undo: 'rollback revert back', finish: 'continue resume complete' },
  shell: { powershell: 'pwsh ps1 ps', bash: 'sh posix', windows: 'registry user cmd win' },
  format: {
    sh: 'bash zsh posix shell',
    powershell: 'pwsh ps1 ps',
    cmd: 'bat batch windows',
    dotenv: 'env .env',
    yaml: 'yml',
    python: 'py',
    typescript: 'ts js javascript node',
    github: 'gh actions annotations',
  },
  lang: { 'zh-CN': 'zh cn chinese zh-hans zh_cn 中文', en: 'english en-us en_us' },
}

type Known = Partial<Pick<Catalog, 'tools' | 'gateway' | 'byHand'>>

/** Words for the names of commands, verbs or flags, or for the values of a flag, with what is meant. */
export function synonymsOf(what: 'command' | 'verb' | 'flag' | (string & {}), catalog: Known = {}): Synonyms {
  if (what === 'command') return [...listed(commands), ...asCommands(catalog)]
  if (what === 'verb') return listed(alsoCalled)
  if (what === 'flag') return listed(flags).map(([word, name]) => [`--${word}`, `--${name}`])
  return [...namesOf(what, catalog).filter(([word, id]) => word !== id), ...listed(values[what] ?? {})]
}

/** A region or a tool where a command belongs. What can be both is a region, as for the parser. */
function asCommands(catalog: Known): Synonyms {
  const behind = (command: string, words: Synonyms): Synonyms =>
    words.map(([word, id]) => [word, `${command} ${id}`])
  return [
    ...behind('switch', namesOf('region', catalog)),
    ...behind('setup', namesOf('tool', catalog)),
    ...behind('print', namesOf('tool', { tools: catalog.byHand ?? [] })),
  ]
}

function namesOf(what: string, { tools = [], gateway }: Known): Synonyms {
  const named = (id: string, words: readonly string[]) => [id, ...words].map((word) => [word, id] as const)
  if (what === 'tool') return tools.flatMap(({ id, alsoCalled = [] }) => named(id, alsoCalled))
  if (what !== 'region' || !gateway) return []
  return gateway.regions.flatMap(({ id, aliases, title, titleZh, alsoCalled }) =>
    named(id, [...aliases, title, titleZh, ...alsoCalled]),
  )
}

function listed(names: Names): Synonyms {
  const inOne = ([name, words]: [string, string]) => words.split(' ').map((word) => [word, name] as const)
  return Object.entries(names).flatMap(inOne)
}
