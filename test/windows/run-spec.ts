import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, win32 } from 'node:path'
import { expect } from 'vitest'
import { userFolders } from '../../src/host/read-file-state.ts'
import { sampleKey } from '../support/run-program.ts'
import { startTerminal } from '../support/terminal.ts'
import { globalFolder, laneFolder, nodeExe, type Ran, type Windows } from './machine.ts'
import { absent, asBefore, type Expected, type Spec, type Step } from './spec.ts'

const program = `${globalFolder}\\node_modules\\qcode-setup\\bin\\qcode-setup.js`
const keyFile = 'C:\\keys\\key.txt'
const started = `${laneFolder}\\started`

/** Runs a spec in a home of its own. Throws where a step does, says or leaves something else. */
export async function runSpec(spec: Spec, windows: Windows, gateway: string): Promise<void> {
  const home = `C:\\users\\${spec.user ?? 'ada'}`
  const fill = (text: string) =>
    windows.spell(
      text.replaceAll('%HOME%', home).replaceAll('%KEY%', keyFile).replaceAll('%GATEWAY%', gateway),
    )
  const at = (path: string) => windows.pathOf(win32.resolve(fill(home), fill(path)))
  for (const folder of [home, 'D:\\']) empty(at(folder))
  for (const folder of ['AppData\\Roaming', 'AppData\\Local\\Temp', 'Documents']) {
    mkdirSync(at(folder), { recursive: true })
  }
  write(at(keyFile), `${sampleKey}\r\n`)
  const before = new Map(
    Object.entries(spec.files ?? {}).map(([name, content]) => {
      const path = at(name)
      const bytes = typeof content === 'string' ? Buffer.from(fill(content)) : content
      write(path, bytes)
      return [path, bytes]
    }),
  )
  const env = filled({ ...userVariables(home), ...spec.env }, fill)
  const registry = (spec.variables || !isClean) && (await startVariables(spec.variables ?? [], windows, env))
  isClean = true
  for (const step of spec.steps) {
    const run = step.typed ? runInConsole(step.typed, windows) : windows.run
    const ran = await run({
      ...commandOf(step, fill),
      env: { ...env, ...filled(step.env ?? {}, fill) },
      cwd: fill(step.cwd ?? home),
      ...(step.input !== undefined && { input: fill(step.input) }),
      ...(step.killAfter !== undefined && { killAfter: step.killAfter }),
      ...(step.ready !== undefined && { ready: step.ready }),
      ...(spec.locale && { locale: spec.locale }),
    })
    const state = at('AppData\\Local\\qcode-setup')
    const left = step.killAfter === undefined && existsSync(state) ? readdirSync(state) : []
    const variables = registry && step.variables ? await registry.read() : ''
    holdAll([
      ...judge(step, ran, windows),
      () => expect(left.filter((name) => name.endsWith('.reg'))).toEqual([]),
      ...Object.entries(step.after ?? {}).map(
        ([name, expected]) =>
          () =>
            judgeFile(at(name), expected, before, windows),
      ),
      () => registry && step.variables && judgeVariables(step.variables, variables, registry.before),
    ])
  }
  if (registry) await registry.clear()
}

/** What stands on the screen at the end is the output. */
function runInConsole(typed: NonNullable<Step['typed']>, windows: Windows): Windows['run'] {
  return async (start) => {
    const command = windows.inConsole?.(start)
    if (!command) throw new Error('there is no console')
    const run = startTerminal({ home: '/', command, columns: 120 })
    for (const [shows, ...pressed] of typed) {
      const tooLate = AbortSignal.timeout(60_000)
      const late = once(tooLate, 'abort').then(() => {
        throw new Error(`"${shows}" did not come:\n${run.window()}`)
      })
      await Promise.race([run.until((window) => window.includes(shows)), late])
      run.press(...pressed.map((one) => one.replaceAll('%TYPED%', sampleKey)))
    }
    const exit = await run.exit
    expect(run.sent(), 'the key is shown').not.toContain(sampleKey)
    return { exit, stdout: run.screen(), stderr: '' }
  }
}

/** A run of the lane that was killed may have left variables, which the first spec takes out. */
let isClean = false

/** The variables of the registry, which all specs share: these alone stand there from here on. */
async function startVariables(lines: readonly string[], windows: Windows, env: Record<string, string>) {
  const reg = async (...args: string[]) => {
    const ran = await windows.run({ command: 'C:\\windows\\system32\\reg.exe', args, env, cwd: 'C:\\' })
    expect(ran.exit, `reg ${args[0]}: ${ran.stdout}${ran.stderr}`).toBe(0)
  }
  const key = 'HKCU\\Environment'
  const file = windows.spell('C:\\keys\\variables.reg')
  const clear = async () => {
    await reg('delete', key, '/va', '/f')
    const all = ['"TEMP"="C:\\\\Temp"', ...lines]
    const text = [
      'Windows Registry Editor Version 5.00',
      '',
      '[HKEY_CURRENT_USER\\Environment]',
      ...all,
      '',
      '',
    ]
    write(windows.pathOf(file), Buffer.from(`\uFEFF${text.join('\r\n')}`, 'utf16le'))
    await reg('import', file)
    await reg(
      'add',
      userFolders,
      '/v',
      'Personal',
      '/t',
      'REG_EXPAND_SZ',
      '/d',
      '%USERPROFILE%\\Documents',
      '/f',
    )
  }
  const read = async () => {
    await reg('export', key, file, '/y')
    return readFileSync(windows.pathOf(file)).toString('utf16le').replaceAll('\r\n', '\n')
  }
  await clear()
  return { before: await read(), read, clear }
}

function judgeVariables(
  expected: typeof asBefore | readonly (string | RegExp)[],
  now: string,
  before: string,
): void {
  const sorted = (text: string) => text.split('\n').sort()
  if (expected === asBefore) expect(sorted(now)).toEqual(sorted(before))
  else for (const wanted of expected) expect(now).toMatch(wanted)
}

/** A step that fails says all that is wrong with it, not the first thing alone. */
function holdAll(checks: readonly (() => void)[]): void {
  const wrong = checks.flatMap((check) => {
    try {
      check()
      return []
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  })
  if (wrong.length > 0) throw new Error(wrong.join('\n\n'))
}

function commandOf({ args = [], command }: Step, fill: (text: string) => string) {
  const [file, ...rest] = command ?? [nodeExe, program, ...args]
  return { command: fill(file), args: rest.map(fill) }
}

/** As Windows gives them at log-on; nothing of the user who tests is among them. */
function userVariables(home: string): Record<string, string> {
  const local = `${home}\\AppData\\Local`
  return {
    Path: ['C:\\windows\\system32', 'C:\\windows', 'C:\\Program Files\\nodejs', globalFolder].join(';'),
    USERPROFILE: home,
    HOMEDRIVE: 'C:',
    HOMEPATH: home.slice(2),
    USERNAME: win32.basename(home),
    APPDATA: `${home}\\AppData\\Roaming`,
    LOCALAPPDATA: local,
    TEMP: `${local}\\Temp`,
    TMP: `${local}\\Temp`,
    LANG: 'en_US.UTF-8',
    NODE_OPTIONS: '--require=Z:/lane/watch.cjs',
    LANE_STARTED: started,
  }
}

function filled(
  values: Readonly<Record<string, string>>,
  fill: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value)]))
}

function judge(step: Step, { exit, stdout, stderr }: Ran, windows: Windows): (() => void)[] {
  const what = (step.command ?? ['qcode-setup', ...(step.args ?? [])]).join(' ')
  const all = `$ ${what}\nexit ${exit}\n${stdout}\n--- standard error\n${stderr}`
  const spelled = (wanted: string | RegExp) => (typeof wanted === 'string' ? windows.spell(wanted) : wanted)
  const never = [...(step.never ?? []), 'This is a fault of qcode-setup']
  const notes = windows.pathOf(windows.spell(started))
  const noted = existsSync(notes) ? readFileSync(notes, 'utf8') : ''
  return [
    () => step.exit !== null && expect(exit, all).toBe(step.exit ?? 0),
    ...(step.out ?? []).map((wanted) => () => expect(stdout, all).toMatch(spelled(wanted))),
    ...(step.err ?? []).map((wanted) => () => expect(stderr, all).toMatch(spelled(wanted))),
    ...never.map((unwanted) => () => expect(stdout + stderr, all).not.toMatch(spelled(unwanted))),
    () => step.showsKey || expect(stdout + stderr, 'the key is shown').not.toContain(sampleKey),
    () => expect(noted, `the key is an argument of a program that ${what} started`).not.toContain(sampleKey),
  ]
}

function judgeFile(
  path: string,
  expected: Expected,
  before: ReadonlyMap<string, Uint8Array>,
  { spell }: Windows,
): void {
  const found = existsSync(path) ? readFileSync(path) : undefined
  if (expected === absent || (expected === asBefore && !before.has(path))) {
    expect(found?.toString(), `${path} is there`).toBeUndefined()
  } else if (expected === asBefore) {
    expect(found?.toString('latin1'), path).toBe(Buffer.from(before.get(path) ?? []).toString('latin1'))
  } else {
    expect(found, `${path} is missing`).toBeDefined()
    for (const wanted of expected)
      expect(found?.toString(), path).toMatch(typeof wanted === 'string' ? spell(wanted) : wanted)
  }
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function empty(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
}
