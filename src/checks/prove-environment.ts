import { basename, delimiter, join, resolve } from 'node:path'
import { resolvePath } from '../catalog/places.ts'
import { type Found, type Names, resolveSettings } from '../effect/find-setting.ts'
import { type EffectContext, isGatewayKey, type ToolView } from '../effect/tool-view.ts'
import type { Host } from '../host/host.ts'
import { findSecrets } from '../plan/placeholders.ts'
import { blotKeys, replaceKeys, Secret } from '../secrets/secret.ts'

/** Folders of one run, all of them thrown away at its end. */
export interface ProofFolders {
  readonly home: string
  /** Empty: the working folder of clients that need none of the user's. */
  readonly work: string
  readonly temporary: string
  /** Variables that name the client's own folders in the home; empty until they are known. */
  readonly named: Readonly<Record<string, string>>
}

/** What programs need to start and to find their own parts. No key, no base URL, no setting of a client is among them. */
const kept = [
  'LANG',
  'LC_ALL',
  // Windows
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
  // Where libraries and the programs of version managers are.
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'PYTHONPATH',
  'PYTHONUSERBASE',
  'NODE_PATH',
  'PYENV_ROOT',
  'PYENV_VERSION',
  'NVM_DIR',
  'VOLTA_HOME',
  'ASDF_DIR',
  'ASDF_DATA_DIR',
  'MISE_DATA_DIR',
]

/** Nothing listens here, and it is this machine: what a client sends to other hosts (telemetry, updates) ends at once. */
const deadProxy = 'http://127.0.0.1:9'

const ownMachine = '127.0.0.1,localhost'

/**
 * The whole environment of a client under proof: a home that is not the user's, no key of theirs, and no way out but to
 * loopback. Only clients that mind proxies are held back; a network namespace would hold all, but needs rights that a
 * user's machine does not give.
 */
export function clientEnvironment(
  host: Pick<Host, 'env' | 'platform'>,
  { home, temporary, named }: ProofFolders,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...pick(host.env, kept),
    ...homeVariables(home),
    ...temporaryVariables(temporary),
    TERM: 'dumb',
    ...proxyVariables,
    ...named,
    ...added,
    PATH: programPath(host),
  }
}

/** PATH with the programs of an active Python environment in front. */
export function programPath({ env, platform }: Pick<Host, 'env' | 'platform'>): string {
  const programs = platform === 'win32' ? 'Scripts' : 'bin'
  const own = env.VIRTUAL_ENV ? [join(env.VIRTUAL_ENV, programs)] : []
  return [...own, env.PATH ?? ''].join(delimiter)
}

function pick(env: Host['env'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

/** Where programs look for their user's files, on every system. */
function homeVariables(home: string): Record<string, string> {
  return {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    APPDATA: join(home, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
  }
}

function temporaryVariables(folder: string): Record<string, string> {
  return { TMPDIR: folder, TEMP: folder, TMP: folder }
}

/** In both spellings: some programs read only one of them. */
const proxyVariables = Object.fromEntries(
  Object.entries({
    HTTP_PROXY: deadProxy,
    HTTPS_PROXY: deadProxy,
    ALL_PROXY: deadProxy,
    NO_PROXY: ownMachine,
  }).flatMap(([name, value]) => [
    [name, value],
    [name.toLowerCase(), value],
  ]),
)

/** A temporary home for a client, and what in it stands for what is real. */
export interface CopyPlace {
  readonly home: string
  /** The tool's places in the temporary home. */
  readonly names: Names
  /** Origin of the gateway on this machine. */
  readonly origin: string
  /** Taken there in place of the gateway's keys. */
  readonly key: string
}

/** What a client is to find in the temporary home. */
export interface CopiedSettings {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly variables: Readonly<Record<string, string>>
}

/**
 * The files that a client reads, and its variables, for a temporary home: base URLs of the gateway lead to the one on this machine,
 * its keys become the throw-away one, and every other secret is blotted out at its length. What a machine's
 * administrator has set stays where it is: clients find it there.
 */
export function copySettings(
  view: ToolView,
  context: EffectContext,
  host: Pick<Host, 'cwd'>,
  place: CopyPlace,
): CopiedSettings {
  const copies = filesOf(view, host, place)
  const change = changer(view, context, place, copies)
  const variables = foundIn(view).filter(({ source }) => isOfShell(source.level))
  return {
    files: copies.map(({ text, to }) => ({ path: to, text: change(text) })),
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, change(value)])),
  }
}

interface Copy {
  readonly path: string
  readonly text: string
  readonly to: string
}

function filesOf({ tool, sources, names }: ToolView, { cwd }: Pick<Host, 'cwd'>, place: CopyPlace): Copy[] {
  const paths = tool.diagnosis.sources.flatMap(({ path }) => path ?? [])
  return sources.flatMap(({ file, level }) => {
    if (file?.text === undefined || isOfShell(level) || level === 'managed' || level === 'system') return []
    const own = paths.filter(
      (path) => isKnown(path, names) && resolve(cwd, resolvePath(path, names)) === file.path,
    )
    const known = own.filter((path) => isKnown(path, place.names))
    const there = known.length > 0 ? known : [undefined]
    return there.map((path) => ({
      path: file.path,
      text: file.text ?? '',
      to:
        path === undefined
          ? join(place.home, 'elsewhere', basename(file.path))
          : resolvePath(path, place.names),
    }))
  })
}

function isKnown(path: string, names: Names): boolean {
  return Object.hasOwn(names, /^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? '')
}

/** In characters: a shorter text could be any word of a file, and goes nowhere but to this machine. */
const shortestToReplace = 8

function changer(
  view: ToolView,
  context: EffectContext,
  { origin, key }: CopyPlace,
  copies: readonly Copy[],
): (text: string) => string {
  const { catalog, setups } = context
  const origins = [
    ...setups.map(({ gateway }) => gateway),
    ...catalog.gateway.regions.map((region) => region.origin),
  ]
  const keys = keysOf(view).filter((value) => value.length >= shortestToReplace)
  const ours = keys.filter((value) => isGatewayKey(value, context))
  const found = view.sources.flatMap(({ data }) => findSecrets(data))
  const others = [...found, ...keys.map((value) => new Secret(value))]
  const places = [
    ...[...new Set(origins)].map((value) => [value, origin] as const),
    ...copies.map(({ path, to }) => [path, to] as const),
  ].sort(([one], [other]) => other.length - one.length)
  return (text) => {
    const renewed = replaceKeys(
      text,
      ours.map((value) => new Secret(value)),
      new Secret(key),
    )
    return places.reduce((rest, [from, to]) => rest.replaceAll(from, to), blotKeys(renewed, others))
  }
}

function isOfShell(level: string): boolean {
  return level === 'environment' || level === 'profile'
}

function keysOf({ connections }: ToolView): string[] {
  return connections
    .flatMap(({ keys }) => [...keys.perSetting, ...keys.overridden])
    .filter(({ isCommand }) => !isCommand)
    .map(({ value }) => value.trim())
}

/** Every setting of a connection, with the strongest of each name first. */
function foundIn(view: ToolView): Found[] {
  const found = view.connections.flatMap(({ connection, baseUrl, keys }) => {
    const models = connection.models.map((settings) => resolveSettings(settings, view))
    return [baseUrl, keys, ...models].flatMap(({ perSetting }) => perSetting)
  })
  return [...new Map(found.toReversed().map((one) => [one.name, one])).values()]
}
