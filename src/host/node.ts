import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, hostname, release, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import process, { env, kill, pid, platform, stderr, stdin, stdout, cwd as workingFolder } from 'node:process'
import { isatty } from 'node:tty'
import { UserError } from '../errors.ts'
import { en } from '../texts/en.ts'
import { chooseLanguage, type Language } from '../texts/language.ts'
import { say, type Texts } from '../texts/message.ts'
import { asOnDisk } from './files-at.ts'
import type { Host, KeychainStore, RunOptions, Terminal } from './host.ts'
import { Interruption } from './interruption.ts'
import { doubtOfCode, noHome, type User } from './ownership.ts'
import { createProcesses } from './processes.ts'
import { endTree, runInForeground, runPager, runProgram } from './run-program.ts'
import { guardOutput, inputPatienceMs, letGoOfClosed, patienceForAll } from './standard-streams.ts'

/** The real machine. The only place that reads the process's globals, besides main's exit code. */
export function createNodeHost(packageFolder: string, texts: () => Texts = () => en): Host {
  const interruption = new Interruption()
  return {
    env,
    home: asOnDisk((platform === 'win32' ? env.USERPROFILE : env.HOME) || homeOfUser(), platform),
    packageFolder,
    get cwd() {
      return findWorkingFolder()
    },
    uid: process.geteuid?.(),
    platform,
    get runtime() {
      return `Node.js ${process.version}, ${platform} ${release()} on ${process.arch}`
    },
    get machineName() {
      return hostname()
    },
    umask: process.umask(),
    setUmask: (mask) => void process.umask(mask),
    systemFolder: '',
    terminal: createTerminal(),
    get texts() {
      return texts()
    },
    readStdin,
    now: () => new Date(),
    randomId: () => Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString('hex'),
    fetch: globalThis.fetch,
    interruption,
    onCancelled: (report) => listen(interruption, report),
    onStrayError,
    isAlive,
    processes: createProcesses(pid, isAlive),
    run: (command, args, options = {}) =>
      runProgram(command, args, withFolder(options), {
        kill,
        endTree: (one) => endTree(one, env),
        platform,
        env,
        onExit,
      }),
    runInForeground: (command, args, settings) =>
      runInForeground(command, args, settings, { platform, interruption, onTerminal: isatty(0) }),
    ...(platform === 'win32' && { registry: new Map() }),
    keychain: () => openNativeKeychain({ env, uid: process.geteuid?.() }),
  }
}

/** The language of whoever sits here. Windows and macOS set none of the variables, but tell their locale. */
export function userLanguage(args: readonly string[]): Language {
  const systemLocale = () =>
    ['win32', 'darwin'].includes(platform) ? new Intl.DateTimeFormat().resolvedOptions().locale : ''
  return chooseLanguage({ args, env, systemLocale })
}

/** A container's user may be a number alone, of which the system knows no home. */
function homeOfUser(): string {
  try {
    return homedir() || userInfo().homedir || noHome
  } catch {
    return noHome
  }
}

/** The system has no name for a folder that was removed. */
function findWorkingFolder(): string {
  try {
    return asOnDisk(workingFolder(), platform)
  } catch (error) {
    throw new UserError({
      code: 'no-working-folder',
      message: say('error.no-working-folder', { code: String((error as NodeJS.ErrnoException).code) }),
      hint: say('error.no-working-folder.hint'),
      exit: 2,
    })
  }
}

/** No program starts in a folder that was removed. */
function withFolder(options: RunOptions): RunOptions {
  try {
    return { cwd: workingFolder(), ...options }
  } catch {
    return { cwd: '/', ...options }
  }
}

function createTerminal(): Terminal {
  const output = guardOutput(stdout)
  guardOutput(stderr)
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor))
  process.on('exit', () => letGoOfClosed(terminals))
  return {
    interactive: isatty(0) && Boolean(stderr.isTTY) && !env.CI,
    outputIsSeen: Boolean(stdout.isTTY),
    color: { stdout: hasColor(stdout.isTTY), stderr: hasColor(stderr.isTTY) },
    columns: stderr.columns || 80,
    rows: stderr.rows || 24,
    page: (program, args, text, stop) => runPager(program, args, text, { env, stop }),
    errorIsSeen: Boolean(stderr.isTTY) && !env.CI,
    // Most runs read nothing: Node makes the stream when it is first asked for.
    get input() {
      return stdin
    },
    ...(platform !== 'win32' && {
      suspend: () => void kill(0, 'SIGTSTP'),
      onContinued: (listener: () => void) => void process.on('SIGCONT', listener),
    }),
    output: stdout,
    error: stderr,
    outputLost: output.lost,
  }
}

/** https://no-color.org and its opposite: an empty variable counts as not set. */
function hasColor(isTerminal: boolean | undefined): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return Boolean(isTerminal) && env.TERM !== 'dumb'
}

async function readStdin(limit: number): Promise<Uint8Array | 'silent' | 'endless'> {
  const chunks: Buffer[] = []
  let size = 0
  let why: 'silent' | 'endless' | undefined
  const stop = (reason: typeof why) => {
    why = reason
    stdin.destroy()
  }
  const timer = setTimeout(stop, inputPatienceMs, 'silent')
  const timerForAll = setTimeout(stop, inputPatienceMs * patienceForAll, 'endless')
  try {
    for await (const chunk of stdin) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      timer.refresh()
      if (size > limit) break
    }
  } catch (error) {
    if (why === undefined) throw error
  } finally {
    clearTimeout(timer)
    clearTimeout(timerForAll)
  }
  return why ?? Buffer.concat(chunks)
}

/** A process of another user is alive as well, though it may not be signalled. */
function isAlive(pid: number): boolean {
  try {
    kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function onExit(stop: () => void): () => void {
  process.on('exit', stop)
  return () => process.off('exit', stop)
}

/** From here on no signal of these ends the program by itself. */
function listen(interruption: Interruption, report: () => Promise<number>): void {
  interruption.whenCancelled(() => void report().then(process.exit))
  // Only Windows has the last, for Ctrl-Break; elsewhere nobody sends it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK'] as const) {
    process.on(signal, () => interruption.interrupt(signal))
  }
  // A terminal that is gone answers no question any more, whether or not a signal announced its end.
  if (isatty(0)) stdin.on('error', () => interruption.interrupt('SIGHUP'))
}

function onStrayError(report: (error: unknown) => Promise<number>): void {
  process.once('uncaughtException', (error) => void report(error).then(process.exit))
}

const service = 'qcode-setup'
const library = '@napi-rs/keyring'

/** Without it the library takes the kernel's keyring on Linux where no Secret Service answers; that one is lost at the next start (seen with 2.1.2). */
const options = { linux: { store: 'secret-service' } } as const

/** The keychain of macOS, the Credential Manager of Windows, elsewhere the Secret Service. Its library is loaded only now. Errors: see `refuseOthersCode`. */
export async function openNativeKeychain(user: User): Promise<KeychainStore> {
  refuseOthersCode(createRequire(import.meta.url).resolve.paths(library) ?? [], user)
  const { AsyncEntry, findCredentialsAsync } = await import('@napi-rs/keyring')
  const entry = (account: string) => new AsyncEntry(service, account, options)
  return {
    get: async (account) => (await entry(account).getPassword()) ?? undefined,
    set: async (account, password) => entry(account).setPassword(password),
    delete: async (account) => {
      await entry(account).deletePassword()
    },
    list: async () => (await findCredentialsAsync(service)).map(({ account }) => account),
  }
}

/**
 * Looks at the library and at its part for this machine, in the first of these folders that has it, before either is
 * loaded: what lies there is run. Errors: UserError `library-not-trusted`, exit 1.
 */
export function refuseOthersCode(folders: readonly string[], user: User): void {
  const found = folders.map((folder) => join(folder, library)).find((path) => existsSync(path))
  if (found === undefined) return
  const parts = [...new Set([dirname(found), dirname(realpathSync(found))])].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith('keyring'))
      .map((name) => join(folder, name)),
  )
  const files = parts.flatMap((part) => [part, ...readdirSync(part).map((name) => join(part, name))])
  const [doubt] = files.flatMap((file) => doubtOfCode(file, user) ?? [])
  if (!doubt) return
  throw new UserError({
    code: 'library-not-trusted',
    message: say('keychain.not-trusted', { fault: doubt.fault }),
    hint: doubt.remedy,
    where: { file: doubt.path },
  })
}
