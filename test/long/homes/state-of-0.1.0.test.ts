import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stateBelowHome } from '../../support/home-tree.ts'
import { makeHome, projectPath, type Ran, runProgram } from '../../support/run-program.ts'

/**
 * A home with the state that version 0.1.0 left in it, made by that version: Claude Code with a configuration folder of its
 * own, Codex, two tools that share variables in a project, and Cline; then a switch to another region.
 */
const files: Readonly<Record<string, { readonly mode: string; readonly text: string }>> = JSON.parse(
  readFileSync(join(projectPath, 'test/long/homes/state-of-0.1.0.json'), 'utf8'),
)
const key = `cr_${'0123456789abcdef'.repeat(4)}`

function makeOldHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  for (const [path, { mode, text }] of Object.entries(files)) {
    const file = join(home, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const owned = text
      .replaceAll('@HOME@', home)
      .replaceAll('"uid": 0', `"uid": ${process.getuid?.()}`)
      .replaceAll('"gid": 0', `"gid": ${process.getgid?.()}`)
    writeFileSync(file, owned)
    chmodSync(file, Number.parseInt(mode, 8))
  }
  return home
}

/** What version 0.1.0 would be started with, but for CLAUDE_CONFIG_DIR, which another terminal may lack. */
async function run(home: string, ...args: string[]): Promise<Ran> {
  const ran = await runProgram(args, { home })
  expect(ran.stderr).not.toContain('fault of qcode-setup')
  return ran
}

const read = (home: string, path: string) => readFileSync(join(home, path), 'utf8')
const ledger = (home: string) => JSON.parse(read(home, join(stateBelowHome, 'ledger.json')))

const before = {
  '.codex/config.toml': `# mine\nmodel = "gpt-5.5"\nmodel_provider = 'openai' # as it was\n\n[profiles.x]\nmodel = "y"\n`,
  '.claude-work/settings.json':
    '{\n  "model": "opus",\n  "env": { "ANTHROPIC_BASE_URL": "https://old.example.com", "FOO": "1" }\n}\n',
  'project/.env': 'A=1\n',
}

describe('given a state folder of version 0.1.0', () => {
  it('status names every setup with its place, and writes nothing', async () => {
    const home = makeOldHome()
    const old = read(home, join(stateBelowHome, 'ledger.json'))
    const { exit, stdout } = await run(home, 'status', '--json')
    const { tools } = JSON.parse(stdout)
    expect(exit).toBe(0)
    expect(tools.map(({ tool, asWritten }: Record<string, unknown>) => [tool, asWritten])).toEqual(
      ['claude-code', 'codex', 'langchain', 'openai-sdk', 'cline'].map((tool) => [
        tool,
        tool !== 'langchain',
      ]),
    )
    // This version exports one more variable for it.
    expect(tools[2].files).toMatchObject([{ state: 'missing', differs: ['ANTHROPIC_BASE_URL'] }])
    expect(tools[0].place).toBe(join(home, '.claude-work'))
    expect(read(home, join(stateBelowHome, 'ledger.json'))).toBe(old)
  })

  it('switch moves every place that was set up, with its key, and carries the ledger over', async () => {
    const home = makeOldHome()
    expect((await run(home, 'switch', 'asia', '--yes', '--no-check')).exit).toBe(0)
    for (const path of ['.codex/config.toml', '.claude-work/settings.json', 'project/.env'])
      expect(read(home, path)).toContain('https://asia.qcode.cc/')
    for (const path of ['.codex/.env', '.claude-work/settings.json', 'project/.env'])
      expect(read(home, path)).toContain(key)
    expect(existsSync(join(home, '.claude/settings.json'))).toBe(false)
    expect(ledger(home)).toMatchObject({ version: 2 })
    expect((await run(home, 'status', '--json')).stdout).not.toContain('"asWritten": false')
  })

  it('remove gives back what stood there before, spelled as it was', async () => {
    const home = makeOldHome()
    const { exit } = await run(home, 'remove', '--yes')
    expect(exit).toBe(0)
    for (const [path, text] of Object.entries(before)) expect(read(home, path)).toBe(text)
    expect(existsSync(join(home, '.codex/.env'))).toBe(false)
    expect(existsSync(join(home, '.cline'))).toBe(true)
    expect(ledger(home)).toMatchObject({ version: 2, setups: [], entries: [], files: [] })
  })

  it('remove of one of two tools that share variables leaves those of the other', async () => {
    const home = makeOldHome()
    expect((await run(home, 'remove', '--tool', 'langchain', '--yes')).exit).toBe(0)
    expect(read(home, 'project/.env')).toContain('OPENAI_BASE_URL=https://us.qcode.cc/openai/v1')
    expect(read(home, 'project/.env')).not.toContain('ANTHROPIC_API_URL')
    expect((await run(home, 'remove', '--yes')).exit).toBe(0)
    expect(read(home, 'project/.env')).toBe(before['project/.env'])
  })

  it('remove after a switch of this version gives back the same', async () => {
    const home = makeOldHome()
    await run(home, 'switch', 'global', '--yes', '--no-check')
    expect((await run(home, 'remove', '--yes')).exit).toBe(0)
    for (const [path, text] of Object.entries(before)) expect(read(home, path)).toBe(text)
  })

  it('undo takes the newest run of that version back, and remove works after it', async () => {
    const home = makeOldHome()
    expect((await run(home, 'undo', '--yes')).exit).toBe(0)
    expect(read(home, '.codex/config.toml')).toContain('https://api.qcode.cc/openai')
    expect(read(home, 'project/.env')).toContain('https://eu.qcode.cc/openai/v1')
    const { stdout } = await run(home, 'status', '--json')
    expect(JSON.parse(stdout).tools.map(({ region }: { region: string }) => region)).toEqual(
      expect.arrayContaining(['global', 'eu']),
    )
    expect((await run(home, 'remove', '--yes')).exit).toBe(0)
    for (const [path, text] of Object.entries(before)) expect(read(home, path)).toBe(text)
  })

  it('without its backups, remove takes its values out and says which could not be given back', async () => {
    const home = makeOldHome()
    const runs = join(home, stateBelowHome, 'runs')
    for (const id of readdirSync(runs)) rmSync(join(runs, id), { recursive: true })
    const { exit, stderr } = await run(home, 'remove', '--yes')
    expect(exit).toBe(0)
    expect(stderr).toContain('model_provider')
    expect(read(home, '.codex/config.toml')).not.toContain('qcode')
  })

  it('undo --list names its runs', async () => {
    const home = makeOldHome()
    const { runs } = JSON.parse((await run(home, 'undo', '--list', '--json')).stdout)
    expect(runs.map(({ command }: { command: string }) => command)).toEqual([
      'switch',
      'setup',
      'setup',
      'setup',
    ])
    expect(runs[0].files).toContain(join(home, '.codex/config.toml'))
  })
})
