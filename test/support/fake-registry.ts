import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, win32 } from 'node:path'
import { expect } from 'vitest'
import type { Host, RunResult } from '../../src/host/host.ts'
import { runInProcess } from './run-in-process.ts'
import { createTestHost } from './test-host.ts'

/** A value as the registry has it: a text, a text in which `%NAME%` counts, or the bytes of any other kind in hex. */
export type RegistryValue =
  | { readonly sz: string }
  | { readonly expand: string }
  | { readonly kind: string; readonly hex: string }

/** The values of a key by their names, as they are spelled. */
export type RegistryKey = Record<string, RegistryValue>

/** What goes wrong with reg.exe: it is not there, may not write, or somebody else has their say first. */
export interface RegistryFaults {
  absent?: boolean
  denied?: boolean
  /** Called before each run of a program of Windows, with its name and its first argument. */
  before?: (program: string, verb: string) => void
  /** The same when it has done its work. */
  after?: (program: string, verb: string) => void
}

/** A host on Windows with a registry of its own behind `reg.exe`, which is all that knows it. */
export interface WindowsMachine {
  readonly host: Host
  readonly user: RegistryKey
  readonly machine: RegistryKey
  /** Where Windows has the user's folders. */
  readonly folders: RegistryKey
  /** What `reg query` answers, by key and name. */
  readonly asked: Record<string, string>
  readonly faults: RegistryFaults
  /** The arguments of all that was started. */
  readonly started: (readonly string[])[]
}

const userKey = 'HKEY_CURRENT_USER\\Environment'
const system32 = 'C:\\Windows\\System32'

/** `user`: the variables that stand there before. */
export function createWindowsMachine(
  home: string,
  user: RegistryKey = {},
  changes: Partial<Host> = {},
): WindowsMachine {
  const machine: RegistryKey = { ComSpec: { expand: '%SystemRoot%\\system32\\cmd.exe' } }
  const folders: RegistryKey = { Personal: { expand: '%USERPROFILE%/Documents' } }
  const asked: Record<string, string> = {}
  const faults: RegistryFaults = {}
  const started: (readonly string[])[] = []
  for (const folder of ['roaming', 'local']) mkdirSync(join(home, folder), { recursive: true })
  const env = {
    USERPROFILE: home,
    APPDATA: join(home, 'roaming'),
    LOCALAPPDATA: join(home, 'local'),
    SystemRoot: 'C:\\Windows',
    PATH: '',
  }
  const keys: Record<string, RegistryKey> = {
    'HKCU\\Environment': user,
    'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment': machine,
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders': folders,
  }
  const reg = ([verb, ...words]: readonly string[]): number => {
    if (verb === 'export') {
      const [name = '', file = ''] = words
      if (!keys[name]) return 1
      const whole = name.replace('HKCU', 'HKEY_CURRENT_USER').replace('HKLM', 'HKEY_LOCAL_MACHINE')
      writeFileSync(file, exported(whole, keys[name]))
      return 0
    }
    if (verb !== 'import' || faults.denied) return 1
    return imported(readFileSync(words[0] ?? ''), user)
  }
  const run = async (command: string, args: readonly string[]): Promise<RunResult> => {
    started.push([command, ...args])
    const program = win32.basename(command)
    faults.before?.(program, args[0] ?? '')
    const isThere = command === win32.join(system32, program) && !faults.absent
    const exit = !isThere ? null : program === 'reg.exe' ? reg(args) : program === 'setx.exe' ? 0 : null
    faults.after?.(program, args[0] ?? '')
    const [verb, key, , name = ''] = args
    const answer = verb === 'query' && isThere ? asked[`${key}\\${name}`] : undefined
    if (answer === undefined) return { exit, stdout: '', stderr: '' }
    return { exit: 0, stdout: `\r\n${key}\r\n    ${name}    REG_SZ    ${answer}\r\n\r\n`, stderr: '' }
  }
  const host = createTestHost(home, { platform: 'win32', env, registry: new Map(), run, ...changes })
  return { host, user, machine, folders, asked, faults, started }
}

/** As reg.exe writes it: UTF-16 with a mark, and what is no plain text in hex, broken over lines. */
function exported(name: string, values: RegistryKey): Buffer {
  const lines = Object.entries(values).map(([each, value]) => {
    if ('sz' in value) return `"${quoted(each)}"="${quoted(value.sz)}"`
    const kind = 'expand' in value ? 'hex(2)' : value.kind
    const hex = 'expand' in value ? Buffer.from(`${value.expand}\0`, 'utf16le').toString('hex') : value.hex
    return `"${quoted(each)}"=${kind}:${(hex.match(/../g) ?? []).join(',').replace(/(.{60},)/g, '$1\\\r\n  ')}`
  })
  const text = [
    'Windows Registry Editor Version 5.00',
    '',
    `[${name}]`,
    ...lines,
    '',
    `[${name}\\Below]`,
    '"X"="y"',
    '',
  ]
  return Buffer.from(`\uFEFF${text.join('\r\n')}\r\n`, 'utf16le')
}

function quoted(text: string): string {
  return text.replace(/[\\"]/g, '\\$&')
}

/** Takes what this test knows of the format, and nothing else, into the key. */
function imported(bytes: Buffer, key: RegistryKey): number {
  const [head, gap, name, ...lines] = bytes.toString('utf16le').replace('\uFEFF', '').split('\r\n')
  if (head !== 'Windows Registry Editor Version 5.00' || gap !== '' || name !== `[${userKey}]`) return 1
  for (const line of lines.filter((each) => each !== '')) {
    const [, spelled = '', data = ''] = /^"((?:[^"\\]|\\.)+)"=(.+)$/.exec(line) ?? []
    const wanted = plain(spelled)
    // Windows keeps the spelling that a value has.
    const known = Object.keys(key).find((each) => each.toUpperCase() === wanted.toUpperCase()) ?? wanted
    if (data === '-') delete key[known]
    else if (data.startsWith('"')) key[known] = { sz: plain(data.slice(1, -1)) }
    else {
      const [, kind = '', digits = ''] = /^(hex\(\w+\)|dword|hex):(.*)$/.exec(data) ?? []
      const hex = digits.replaceAll(',', '')
      const text = Buffer.from(hex, 'hex').toString('utf16le').replace(/\0$/, '')
      key[known] = kind === 'hex(2)' ? { expand: text } : kind === 'hex(1)' ? { sz: text } : { kind, hex }
    }
  }
  return 0
}

function plain(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}

/** What people have there: a path in another case and kind, a value of a kind that is no text, signs of all kinds. */
export const usual = (): RegistryKey => ({
  Path: { expand: '%USERPROFILE%\\bin;C:\\Program Files (x86)\\"q"\\张' },
  TEMP: { expand: '%USERPROFILE%\\AppData\\Local\\Temp' },
  Odd: { kind: 'dword', hex: '00000001' },
  Mine: { sz: 'a\\b"c %PATH% 张伟' },
})

/** Files anywhere in a home with this text, in any of the encodings that reg.exe has. */
export function filesWith(home: string, text: string): string[] {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  return paths.filter((path) => {
    const bytes = readFileSync(path)
    return [Buffer.from(text), Buffer.from(text, 'utf16le')].some((wanted) => bytes.includes(wanted))
  })
}

/** Runs a command line on the machine; what it printed. Fails where it ends with another exit code. */
export async function done(line: string, { host }: WindowsMachine, exit = 0): Promise<string> {
  const ended = await runInProcess(line, host)
  expect(ended.exit, `${line}: ${ended.text}`).toBe(exit)
  return ended.text
}
