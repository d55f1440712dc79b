import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Declaration, DeclaredTool } from '../request/read-setup-file.ts'
import { type Input, isManagedScope, textOf, withValues } from '../request/request.ts'
import { say } from '../texts/message.ts'

/**
 * The computer as it is for every user: without the home and the variables of whoever administers it, and with a state of its
 * own. No tool folder of a user's is there, so that none says what root writes. Errors: UserError `not-root`, exit 2.
 */
export function managedHost(command: string, host: Host): Host {
  if (host.uid === undefined || host.uid === 0) return forEveryUser(host)
  throw new UserError({
    code: 'not-root',
    message: say('managed.not-root'),
    hint: say('managed.not-root.hint', { command: `qcode-setup ${command} --scope managed` }),
    exit: 2,
  })
}

/** What is neither a place of somebody's settings nor a setting: how programs are found, reached and talked to. */
const kept =
  /^(PATH|PATHEXT|SystemRoot|ComSpec|TEMP|TMP|TMPDIR|ProgramFiles|ProgramData|TERM|LANG|LANGUAGE|LC_\w+|PAGER|VISUAL|CI|SUDO_\w+|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|(https?|all|no)_proxy|QCODE_DEBUG|NO_COLOR|FORCE_COLOR)$/i

function forEveryUser(host: Host): Host {
  const { systemFolder: system, platform } = host
  const state =
    platform === 'win32'
      ? (host.env.ProgramData ?? `${system}/ProgramData`)
      : `${system}/${platform === 'darwin' ? 'Library/Application Support' : 'var/lib'}`
  // Nobody's: what stands in a user's home decides nothing here.
  const home = join(state, 'qcode-setup', 'no-home')
  const own = Object.entries(host.env).filter(([name]) => kept.test(name))
  const env = { ...Object.fromEntries(own), HOME: home, XDG_STATE_HOME: state, LOCALAPPDATA: state }
  // Every user has to be able to read it.
  const umask = 0o022
  host.setUmask?.(umask)
  return { ...host, env, home, umask }
}

/** The input without a key, which would stand where every user reads it. Errors: UserError `managed-key`, exit 2. */
export function withoutKey(input: Input): Input {
  const store = textOf(input, 'keyStore') ?? 'env'
  if (store !== 'env' || textOf(input, 'keyFile') !== undefined) throw keyForAll()
  return withValues(input, 'keyStore', ['env'])
}

/** What files say, where all of it is about what the command is about. Errors: UserErrors at what is not, exit 2. */
export async function inScope(declaration: Declaration, input: Input): Promise<Declaration> {
  const isManaged = isManagedScope(input)
  const tools = await Promise.all(declaration.tools.map((tool) => (isManaged ? forAll(tool) : forUser(tool))))
  return isManaged ? { tools } : { ...declaration, tools }
}

async function forUser(tool: DeclaredTool): Promise<DeclaredTool> {
  if (tool.said.scope !== 'managed') return tool
  throw new UserError({
    code: 'managed-needs-flag',
    message: say('managed.needs-flag'),
    hint: say('managed.needs-flag.hint', { command: 'qcode-setup apply FILE --scope managed' }),
    exit: 2,
    where: await tool.where('scope'),
  })
}

async function forAll(tool: DeclaredTool): Promise<DeclaredTool> {
  const { scope = 'managed', key_store = 'env' } = tool.said
  if (scope !== 'managed') {
    throw new UserError({
      code: 'not-managed',
      message: say('managed.not-users', { scope }),
      hint: say('managed.not-users.hint'),
      exit: 2,
      where: await tool.where('scope'),
    })
  }
  if (key_store !== 'env') throw keyForAll().at(await tool.where('key_store'))
  return { ...tool, said: { ...tool.said, scope, key_store } }
}

function keyForAll(): UserError {
  return new UserError({
    code: 'managed-key',
    message: say('managed.no-key'),
    hint: say('managed.no-key.hint'),
    exit: 2,
  })
}
