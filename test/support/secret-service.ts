import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { projectPath } from './run-program.ts'

/** The machine's own Secret Service, started for one home; the user's session and keyring are never met. */
export interface SecretService {
  /** What the program needs to find it. */
  readonly env: Readonly<Record<string, string>>
  /** Ends the keyring's daemon; the bus stays. */
  kill(): Promise<void>
  /** Lets the daemon stand still: it takes questions and answers none. */
  freeze(): void
  /** Starts the daemon anew, with the keyring's password or without it. */
  restart(kind: 'unlocked' | 'locked'): Promise<void>
  /** The accounts that the keyring holds for the program. */
  accounts(): string[]
  stop(): Promise<void>
}

/** Whether this machine has what these tests need (Debian: gnome-keyring and dbus). */
export const hasSecretService = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'].every((name) => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`])
    return true
  } catch {
    return false
  }
})

/** No daemon is started by being asked for, and no window asks for a password. */
const busConfig = (
  address: string,
) => `<busconfig><type>session</type><listen>${address}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`

const password = 'any password'

/** A bus, and on it an unlocked keyring; `empty` is a bus without one. */
export async function startSecretService(
  home: string,
  kind: 'unlocked' | 'empty' = 'unlocked',
): Promise<SecretService> {
  const folder = join(dirname(home), 'session')
  mkdirSync(folder, { mode: 0o700 })
  const address = `unix:path=${join(folder, 'bus')}`
  const config = join(folder, 'bus.conf')
  writeFileSync(config, busConfig(address))
  const flags = ['--nofork', '--print-address', `--config-file=${config}`]
  const bus = spawn('dbus-daemon', flags, { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(createInterface(bus.stdout), 'line')
  const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder }
  let daemon = kind === 'empty' ? undefined : await startDaemon(home, env, password)
  return {
    env,
    kill: () => end(daemon),
    freeze: () => void daemon?.kill('SIGSTOP'),
    restart: async (kind) => {
      await end(daemon)
      daemon = await startDaemon(home, env, kind === 'unlocked' ? password : undefined)
    },
    accounts: () => listAccounts(env),
    stop: async () => {
      await end(daemon)
      await end(bus)
    },
  }
}

async function startDaemon(
  home: string,
  env: Record<string, string>,
  password?: string,
): Promise<ChildProcess> {
  const flags = ['--foreground', '--components=secrets', ...(password === undefined ? [] : ['--unlock'])]
  const daemon = spawn('gnome-keyring-daemon', flags, {
    env: { HOME: home, PATH: '/usr/bin:/bin', ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  daemon.stdin.end(password ?? '')
  while (!isServed(env)) await setTimeout(20)
  return daemon
}

function isServed(env: Record<string, string>): boolean {
  const question = ['--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner']
  const answer = execFileSync('dbus-send', ['--print-reply', ...question, 'string:org.freedesktop.secrets'], {
    env,
  })
  return answer.includes('true')
}

function listAccounts(env: Record<string, string>): string[] {
  const code = "console.log(JSON.stringify(require('@napi-rs/keyring').findCredentials('qcode-setup')))"
  const credentials = JSON.parse(
    execFileSync(process.execPath, ['-e', code], { cwd: projectPath, env, encoding: 'utf8' }),
  )
  return credentials.map(({ account }: { account: string }) => account)
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
