import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../src/texts/en.ts'
import { zhCN } from '../../src/texts/zh-CN.ts'
import { readTree } from '../support/home-tree.ts'
import { installs, type StandIns, standIns } from '../support/install-stand-in.ts'
import { isAlive } from '../support/is-alive.ts'
import { makeHome, runProgram, sampleKey } from '../support/run-program.ts'
import { keys, startTerminal } from '../support/terminal.ts'
import { testKey } from '../support/test-host.ts'

let home = ''
let drop = () => {}
let programs: StandIns

beforeEach(() => {
  ;({ home, drop } = makeHome())
  programs = standIns(home)
})
afterEach(() => drop())

const install = (...args: readonly string[]) =>
  runProgram(['--no-check', '--region', 'eu', ...args], {
    home,
    env: { PATH: programs.path, QCODE_API_KEY: sampleKey },
  })

const written = () => Object.keys(readTree(home)).filter((path) => !path.startsWith('.local'))

interface Row {
  readonly title: string
  /** Programs that are there, with what they do. */
  readonly there: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly exit: number
  readonly calls: readonly string[]
  readonly says?: string
  /** Whether the tool is configured at the end. */
  readonly writes: boolean
}

const npm = 'npm install -g --no-fund --no-audit'

const rows: readonly Row[] = [
  {
    title: 'the client is there: nothing is run',
    there: { npm: '', codex: '' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 0, calls: [], writes: true },
  },
  {
    title: 'two clients are missing: one after the other',
    there: { npm: `${installs('codex')}; ${installs('cline')}` },
    args: ['--tool', 'codex,cline', '--install', '--yes'],
    ...{ exit: 0, calls: [`${npm} cline`, `${npm} @openai/codex`], writes: true },
  },
  {
    title: 'a mirror by its name, for npm',
    there: { npm: installs('codex') },
    args: ['--tool', 'codex', '--install', '--yes', '--registry', 'china'],
    ...{ exit: 0, calls: [`${npm} --registry https://registry.npmmirror.com @openai/codex`], writes: true },
  },
  {
    title: 'pipx, with the mirror of the same name',
    there: { pipx: installs('aider'), uv: '' },
    args: ['--tool', 'aider', '--install', '--yes', '--registry', 'china'],
    exit: 0,
    calls: ['pipx install --index-url https://pypi.tuna.tsinghua.edu.cn/simple aider-chat'],
    writes: true,
  },
  {
    title: 'no pipx: uv installs the same',
    there: { uv: installs('aider') },
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 0, calls: ['uv tool install aider-chat'], writes: true },
  },
  {
    title: 'neither: says so, with the line, and configures',
    there: {},
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 0, calls: [], says: 'Install pipx first, then run: pipx install aider-chat', writes: true },
  },
  {
    title: 'a line that no installer has is only shown',
    there: { npm: '', cargo: '' },
    args: ['--tool', 'aichat', '--install', '--yes', '--model', 'claude-9'],
    ...{ exit: 0, calls: [], says: 'To install it yourself: cargo install aichat', writes: true },
  },
  {
    title: 'a library has no client to install',
    there: { npm: '' },
    args: ['--tool', 'openai-sdk', '--install', '--yes'],
    ...{ exit: 0, calls: [], writes: true },
  },
  {
    title: 'a dry run tells what would be installed',
    there: { npm: installs('codex') },
    args: ['--tool', 'codex', '--install', '--dry-run'],
    ...{ exit: 0, calls: [], says: 'Would install Codex CLI: npm install -g', writes: false },
  },
  {
    title: 'Node.js is too old: told before anything is installed, of the other tool neither',
    there: { npm: installs('codex'), node: 'echo v20.19.0' },
    args: ['--tool', 'codex,qwen-code', '--model', 'claude-9', '--install', '--yes'],
    ...{ exit: 1, calls: ['node --version'], says: 'needs Node.js >=22.0.0', writes: false },
  },
  ...[
    ['too old', '3.9.18', 'needs Python >=3.10 <3.13'],
    ['too new', '3.13.1', 'needs Python >=3.10 <3.13'],
  ].map(([title, version, says = '']) => ({
    title: `a Python that is ${title}: told before anything is installed`,
    there: { pipx: installs('aider'), python3: `echo Python ${version}` },
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 1, calls: ['python3 --version'], says, writes: false },
  })),
  {
    title: 'a Python that fits, by its other name',
    there: { pipx: installs('aider'), python: 'echo Python 3.12.4' },
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 0, calls: ['python --version', 'pipx install aider-chat'], writes: true },
  },
  {
    title: 'a Python that does not fit, and uv, which brings another one',
    there: { uv: installs('aider'), python3: 'echo Python 3.9.18' },
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 0, calls: ['uv tool install aider-chat'], writes: true },
  },
  {
    title: 'a runtime that tells no version',
    there: { npm: installs('qwen'), node: 'exit 1' },
    args: ['--tool', 'qwen-code', '--model', 'claude-9', '--install', '--yes'],
    ...{ exit: 0, calls: ['node --version', `${npm} @qwen-code/qwen-code`], writes: true },
  },
  {
    title: 'Node.js is new enough',
    there: { npm: installs('qwen'), node: 'echo v22.1.0' },
    args: ['--tool', 'qwen-code', '--model', 'claude-9', '--install', '--yes'],
    ...{ exit: 0, calls: ['node --version', `${npm} @qwen-code/qwen-code`], writes: true },
  },
  {
    title: 'a folder that is not the user’s: never sudo, and how to do without',
    there: { npm: 'echo "npm error code EACCES" >&2; exit 243', sudo: '' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 1, calls: [`${npm} @openai/codex`], says: 'npm config set prefix', writes: false },
  },
  {
    title: 'the second of two fails: the first stays, nothing is configured',
    there: { npm: `case "$*" in *codex) exit 1 ;; esac; ${installs('cline')}` },
    args: ['--tool', 'codex,cline', '--install', '--yes'],
    exit: 1,
    calls: [`${npm} cline`, `${npm} @openai/codex`],
    says: 'Codex CLI could not be installed',
    writes: false,
  },
  {
    title: 'installed where PATH does not lead: configured, with a warning',
    there: { npm: '' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 0, calls: [`${npm} @openai/codex`], says: 'but codex is not in PATH', writes: true },
  },
  {
    title: 'a failing npm without a word',
    there: { npm: 'exit 9' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{
      exit: 1,
      calls: [`${npm} @openai/codex`],
      says: 'ended with exit code 9 and printed nothing',
      writes: false,
    },
  },
  {
    title: 'an npm that something else ends',
    there: { npm: 'kill -9 $$' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 1, calls: [`${npm} @openai/codex`], says: 'was ended and printed nothing', writes: false },
  },
  ...[
    'ftp://x',
    'http://registry.example',
    'https://me:pw@registry.example',
    'https://x/$(id)',
    'nowhere',
  ].map((registry) => ({
    title: `--registry ${registry} is refused`,
    there: { npm: installs('codex') },
    args: ['--tool', 'codex', '--install', '--yes', '--registry', registry],
    ...{ exit: 2, calls: [], says: 'china', writes: false },
  })),
  {
    title: '--registry alone is refused',
    there: { npm: '' },
    args: ['--tool', 'codex', '--yes', '--registry', 'china'],
    ...{ exit: 2, calls: [], says: '--registry is for --install', writes: false },
  },
  {
    title: 'one address for npm and pipx is refused',
    there: { npm: '', pipx: '' },
    args: ['--tool', 'codex,aider', '--install', '--yes', '--registry', 'http://127.0.0.1:9/'],
    ...{ exit: 2, calls: [], says: 'No single registry', writes: false },
  },
]

describe('setup --install', () => {
  it.each(rows.map((row) => [row.title, row] as const))('given %s', async (_, row) => {
    for (const [name, script] of Object.entries(row.there)) programs.add(name, script)
    const { exit, stdout, stderr } = await install(...row.args)
    expect([exit, stdout + stderr]).toEqual([row.exit, expect.stringContaining(row.says ?? '')])
    const ofInstallers = programs.calls().filter((call) => !/^(codex|cline|aider|qwen) /.test(call))
    expect(ofInstallers).toEqual(row.calls)
    expect(written().length > 0).toBe(row.writes)
    expect(stdout + stderr).not.toContain(sampleKey)
  })

  it('in JSON, tells of each tool', async () => {
    programs.add('npm', installs('codex'))
    const { exit, stdout } = await install('--tool', 'codex', '--install', '--yes', '--json')
    expect(exit).toBe(0)
    expect(JSON.stringify(JSON.parse(stdout).notes)).toContain('Codex CLI has been installed.')
  })
})

describe('setup --install on a terminal', () => {
  const start = (LANG: string) => {
    programs.add('npm', installs('codex'))
    return startTerminal({
      home,
      args: ['--tool', 'codex', '--region', 'eu', '--no-check', '--install'],
      env: { LANG, PATH: `${programs.folder}:/usr/bin:/bin`, QCODE_API_KEY: testKey },
    })
  }

  it.each([
    ['en_US.UTF-8', en],
    ['zh_CN.UTF-8', zhCN],
  ])('asks first, shows the line, and goes on without where the answer is no (%s)', async (LANG, texts) => {
    const run = start(LANG)
    await run.question(texts['install.ask']({ tools: ['Codex CLI'] }))
    expect(run.screen().replace(/\s+/g, '')).toContain(`${npm} @openai/codex`.replace(/\s+/g, ''))
    expect(programs.calls()).toEqual([])
    run.press('n', keys.enter)
    await run.question(texts['ask.confirm'])
    expect(programs.calls()).toEqual([])
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
  })

  it('takes a mirror in mainland China, which the command that does the same names', async () => {
    const run = start('zh_CN.UTF-8')
    await run.question(zhCN['install.ask']({ tools: ['Codex CLI'] }))
    run.press(keys.down, keys.enter)
    await run.question(zhCN['ask.confirm'])
    expect(programs.calls()).toEqual([`${npm} --registry https://registry.npmmirror.com @openai/codex`])
    run.press(keys.enter)
    expect(await run.exit).toBe(0)
    expect(run.screen().replace(/[\s\\]+/g, ' ')).toContain('--install --registry china')
  })

  it('installs after a yes, and the line of the same command says so', async () => {
    const run = start('en_US.UTF-8')
    await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
    run.press(keys.enter)
    await run.question(en['ask.confirm'])
    expect(programs.calls()).toEqual([`${npm} @openai/codex`])
    run.press(keys.enter)
    expect(await run.exit).toBe(0)
    expect(run.screen().replace(/\s+/g, '')).toContain('--install')
  })

  const progress = en['install.progress']({ command: `${npm} @openai/codex` })
  const pids = () => readFileSync(join(programs.folder, 'pid'), 'utf8').trim().split('\n').map(Number)

  const startInstall = async (script: string) => {
    const run = start('en_US.UTF-8')
    programs.add('npm', script)
    await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
    run.press(keys.enter)
    await run.waitFor(progress)
    await expect.poll(() => existsSync(join(programs.folder, 'pid'))).toBe(true)
    return run
  }

  it('is stopped by Ctrl-C, npm with it, and nothing is written', async () => {
    const run = await startInstall(`echo $$ > "$here/pid"; exec /bin/sleep 60`)
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    expect(pids().filter(isAlive)).toEqual([])
    expect(written()).toEqual([])
  })

  it('waits at Ctrl-C for npm to clear away what it has begun', async () => {
    const run = await startInstall(
      `trap '/bin/sleep 1.5; echo cleared > "$here/cleared"; exit 1' INT; echo $$ > "$here/pid"; while :; do /bin/sleep 0.1; done`,
    )
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    expect(existsSync(join(programs.folder, 'cleared'))).toBe(true)
    expect(written()).toEqual([])
  })

  it('ends npm at the second Ctrl-C, and what that has started, where the first does nothing', async () => {
    const run = await startInstall(
      `trap '' INT TERM; /bin/sleep 60 & echo $! >> "$here/pid"; echo $$ >> "$here/pid"; while :; do /bin/sleep 0.1; done`,
    )
    run.press(keys.ctrlC)
    await run.waitFor('Ctrl-C again')
    expect(pids().filter((pid) => !isAlive(pid))).toEqual([])
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    // Whoever takes over a process without a parent may wait for it seconds later.
    await expect.poll(() => pids().filter(isAlive), { timeout: 20_000 }).toEqual([])
    expect(written()).toEqual([])
  })
})

/** What stands in the way of a client that is chosen in the wizard, and what it does about that. */
interface Offer {
  readonly title: string
  readonly there: Readonly<Record<string, string>>
  /** What is typed to find the tool. */
  readonly search?: string
  /** What is typed at the question; without it there is none. */
  readonly pressed?: string
  readonly calls: readonly string[]
  /** Before the key is asked for, or before the decision. */
  readonly says?: string
  /** At the end. */
  readonly ends?: string
}

const codexLine = en['install.missing']({ tool: 'Codex CLI', command: 'npm install -g @openai/codex' })

const offers: readonly Offer[] = [
  {
    title: 'a yes installs it',
    there: { npm: installs('codex') },
    pressed: keys.enter,
    ...{ calls: [`${npm} @openai/codex`], says: 'Codex CLI has been installed.', ends: 'Next: codex' },
  },
  {
    title: 'a no sets it up, and tells at the end how to install it',
    there: { npm: installs('codex') },
    pressed: `n${keys.enter}`,
    ...{ calls: [], ends: codexLine },
  },
  { title: 'without npm nothing is asked', there: {}, calls: [], ends: codexLine },
  {
    title: 'npm that fails is told, and the wizard goes on',
    there: { npm: 'echo "npm error code E404" >&2; exit 1' },
    pressed: keys.enter,
    ...{ calls: [`${npm} @openai/codex`], says: 'npm error code E404', ends: codexLine },
  },
  {
    title: 'a folder that is not the user’s is told with the way out, never sudo',
    there: { npm: 'echo "npm error code EACCES" >&2; exit 243', sudo: '' },
    pressed: keys.enter,
    ...{ calls: [`${npm} @openai/codex`], says: 'npm config set prefix', ends: codexLine },
  },
  {
    title: 'a Python that does not fit is told, and nothing is asked',
    there: { pipx: installs('aider'), python3: 'echo Python 3.14.0' },
    search: 'aider',
    calls: ['python3 --version', 'python3 --version'],
    says: 'Aider needs Python >=3.10 <3.13, and the one in PATH is 3.14.0.',
    ends: en['install.missing']({ tool: 'Aider', command: 'pipx install aider-chat' }),
  },
  {
    title: 'what was used here before is not offered',
    there: { npm: installs('codex'), 'used:.codex': '' },
    calls: [],
    ends: codexLine,
  },
]

describe('the wizard, for a chosen client that is missing', () => {
  const open = async ({ there, search = 'codex' }: Pick<Offer, 'there' | 'search'>) => {
    for (const [name, script] of Object.entries(there)) {
      if (name.startsWith('used:')) mkdirSync(join(home, name.slice('used:'.length)))
      else programs.add(name, script)
    }
    const run = startTerminal({ home, args: ['--no-check'], env: { PATH: programs.path } })
    await run.question(en['ask.tools'])
    if (Object.keys(there).some((name) => name.startsWith('used:'))) run.press(keys.enter)
    else run.press(search, keys.enter, keys.enter)
    await run.question(en['ask.region'])
    run.press(keys.enter)
    return run
  }

  it.each(offers.map((offer) => [offer.title, offer] as const))('%s', async (_, offer) => {
    const run = await open(offer)
    if (offer.pressed !== undefined) {
      await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
      run.press(offer.pressed)
    }
    await run.question(en['ask.key'])
    run.press(testKey, keys.enter)
    await run.question(en['ask.confirm'])
    await run.waitFor(offer.says ?? '')
    const ofInstallers = programs.calls().filter((call) => !/^(codex|aider) /.test(call))
    expect(ofInstallers).toEqual(offer.calls)
    if (offer.pressed === undefined) expect(run.screen()).not.toContain(en['install.now'])
    run.press('y', keys.enter)
    expect(await run.exit).toBe(0)
    await run.waitFor(offer.ends ?? '')
    expect(programs.environment()).not.toContain('cr_')
  })

  it('Esc leads from the question to the one before, and from the next one to it', async () => {
    const run = await open({ there: { npm: installs('codex') } })
    const asked = `? ${en['install.ask']({ tools: ['Codex CLI'] })}`
    await run.question(asked.slice(2))
    run.press(keys.escape)
    await run.until((window) => !window.includes(asked))
    await run.question(en['ask.region'])
    run.press(keys.enter)
    await run.question(asked.slice(2))
    run.press('n', keys.enter)
    await run.question(en['ask.key'])
    await run.waitFor(en['ask.keys.back'])
    run.press(keys.escape)
    await run.until((window) => window.trimEnd().endsWith(en['ask.keys.back']) && window.includes(asked))
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    expect(programs.calls()).toEqual([])
  })

  it('is stopped by Ctrl-C while npm works, and nothing is written', async () => {
    const run = await open({ there: { npm: `echo $$ > "$here/pid"; exec /bin/sleep 60` } })
    await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
    run.press(keys.enter)
    await run.question(en['ask.key'])
    run.press(testKey, keys.enter)
    await run.waitFor(en['install.progress']({ command: `${npm} @openai/codex` }))
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    expect(isAlive(Number(readFileSync(join(programs.folder, 'pid'), 'utf8')))).toBe(false)
    expect(written()).toEqual([])
  })
})

describe('run, for a client that is missing', () => {
  const args = ['run', 'codex', '--region', 'eu']
  const client = `printf '#!/bin/sh\\necho started\\nexit 7\\n' > "$here/codex"; /bin/chmod 755 "$here/codex"`
  const piped = (...more: readonly string[]) =>
    runProgram([...args, ...more], { home, env: { PATH: programs.path, QCODE_API_KEY: sampleKey } })

  it.each([
    ['without a word for it', [], { npm: client }, 1, [], 'npm install -g @openai/codex'],
    ['with --install alone', ['--install'], { npm: client }, 2, [], '--yes'],
    ['with both', ['--install', '--yes'], { npm: client }, 7, [`${npm} @openai/codex`], 'has been installed'],
    [
      'from a mirror',
      ['--install', '--yes', '--registry', 'china'],
      { npm: client },
      7,
      [`${npm} --registry https://registry.npmmirror.com @openai/codex`],
      'has been installed',
    ],
    ['with --registry alone', ['--registry', 'china'], { npm: client }, 2, [], '--registry is for --install'],
    [
      'with npm that fails',
      ['--install', '--yes'],
      { npm: 'exit 9' },
      1,
      [`${npm} @openai/codex`],
      'could not be',
    ],
    ['without npm', ['--install', '--yes'], {}, 1, [], 'npm is not in PATH'],
    ['only shown', ['--install', '--print'], { npm: client }, 0, [], ''],
  ] as const)('%s', async (_, more, there, exit, calls, says) => {
    for (const [name, script] of Object.entries<string>(there)) programs.add(name, script)
    const ran = await piped(...more)
    expect([ran.exit, ran.stdout + ran.stderr]).toEqual([exit, expect.stringContaining(says)])
    expect(ran.stdout.includes('started')).toBe(exit === 7)
    expect(programs.calls()).toEqual(calls)
    expect(programs.environment()).not.toContain('cr_')
  })

  it('that needs another Node.js says so before anything is installed', async () => {
    programs.add('npm', installs('qwen'))
    programs.add('node', 'echo v20.1.0')
    const { exit, stderr } = await runProgram(['run', 'qwen-code', '--install', '--yes'], {
      home,
      env: { PATH: programs.path, QCODE_API_KEY: sampleKey },
    })
    expect([exit, stderr]).toEqual([1, expect.stringContaining('Qwen Code needs Node.js >=22.0.0')])
    expect(programs.calls()).toEqual(['node --version'])
  })

  it.each([
    ['a yes', keys.enter, 7, [`${npm} @openai/codex`]],
    ['a no', `n${keys.enter}`, 1, []],
  ] as const)('on a terminal asks first: %s', async (_, pressed, exit, calls) => {
    programs.add('npm', client)
    const env = { PATH: programs.path, QCODE_API_KEY: testKey }
    const run = startTerminal({ home, args, env })
    await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
    expect(programs.calls()).toEqual([])
    run.press(pressed)
    expect(await run.exit).toBe(exit)
    expect(programs.calls()).toEqual(calls)
    expect(run.screen()).toContain(exit === 7 ? 'started' : 'Codex CLI is not installed')
  })
})
