import { delimiter, join } from 'node:path'
import type { Host } from '../host/host.ts'

/** Folders of one run, all of them thrown away at its end. */
export interface ProofFolders {
  readonly home: string
  /** Empty: the working folder of clients that need none of the user's. */
  readonly work: string
  readonly temporary: string
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
  { home, temporary }: ProofFolders,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...pick(host.env, kept),
    ...homeVariables(home),
    ...temporaryVariables(temporary),
    TERM: 'dumb',
    ...proxyVariables,
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
