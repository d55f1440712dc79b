import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/command.ts'
import type { Host } from '../../../src/host/host.ts'
import { fields } from '../../../src/request/fields.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { commandTable } from '../../support/command-table.ts'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

let home = ''
let host: Host
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-wishes-')))
  mkdirSync(join(home, 'project'))
  const readStdin = async () => new TextEncoder().encode(testKey)
  host = createTestHost(home, { cwd: join(home, 'project'), readStdin })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

async function run(line: string): Promise<Outcome> {
  const [name = '', ...rest] = line.split(' ')
  const spec = commandTable.find((each) => each.name === name)
  if (!spec) throw new Error(`no command ${name}`)
  const key = name === 'setup' ? ['--key-file', '-'] : []
  const checked = ['setup', 'switch', 'apply'].includes(name) ? ['--no-check'] : []
  const sure = ['setup', 'switch', 'apply', 'remove'].includes(name) ? ['--yes'] : []
  const args = [...rest, ...key, ...checked, ...sure]
  return spec.run(
    parseArguments(args, spec, testCatalog),
    createTestContext(host, { dryRun: line.includes('--check') }),
  )
}

/** Everything of the user's, as one text. */
function written(): string {
  const files = Object.entries(usersPart(readTree(home)))
  return files.flatMap(([path, { bytes }]) => (bytes ? [`${path}\n${bytes}`] : [])).join('\n')
}

/** What stands in the files for each flag, by hand: the name, and the value behind it. */
const wishes: readonly (readonly [tool: string, flags: string, name: string, shows: RegExp])[] = [
  ['claude-code', '--model claude-code:opus=m-9', 'opus', /ANTHROPIC_DEFAULT_OPUS_MODEL\W+m-9\b/],
  ['claude-code', '--model claude-code:sonnet=m-9', 'sonnet', /ANTHROPIC_DEFAULT_SONNET_MODEL\W+m-9\b/],
  ['claude-code', '--model claude-code:haiku=m-9', 'haiku', /ANTHROPIC_DEFAULT_HAIKU_MODEL\W+m-9\b/],
  ['claude-code', '--model claude-code:fable=m-9', 'fable', /ANTHROPIC_DEFAULT_FABLE_MODEL\W+m-9\b/],
  ['claude-code', '--model claude-code:subagent=m-9', 'subagent', /CLAUDE_CODE_SUBAGENT_MODEL\W+m-9\b/],
  ['claude-code', '--model m-9', 'model', /(?:"model"|ANTHROPIC_MODEL)\W+m-9\b/],
  ['claude-code', '--model-discovery', 'model-discovery', /CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY\W+1\b/],
  ['claude-code', '--api-timeout 600000', 'api-timeout', /API_TIMEOUT_MS\W+600000\b/],
  ['claude-code', '--less-traffic', 'less-traffic', /CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC\W+1\b/],
  ['claude-code', '--hide-attribution', 'hide-attribution', /CLAUDE_CODE_ATTRIBUTION_HEADER\W+0\b/],
  ['codex', '--analytics-off', 'analytics-off', /\[analytics\]\nenabled = false\n/],
  ['codex', '--model m-9', 'model', /^model = "m-9"$/m],
  ['codex', '--model codex:review=m-9', 'review', /^review_model = "m-9"$/m],
]

const places: Readonly<Record<string, readonly string[]>> = {
  'claude-code': ['', '--method env --shell bash', '--scope project', '--key-store keychain'],
  codex: ['', '--key-store keychain'],
}

const table = Object.entries(places).flatMap(([tool, ways]) => ways.map((place) => [tool, place] as const))

it.each(table)(
  'what is wished for %s %s is written, kept by setup, switch and export, shown by status, and gone without a trace by --unset',
  async (tool, place) => {
    const own = wishes.filter(([id]) => id === tool)
    const flags = own.map(([, flag]) => flag).join(' ')
    const names = own.map(([, , name]) => name)
    const stands = () => own.filter(([, , , shows]) => shows.test(written())).map(([, , name]) => name)
    const bare = ['setup', '--tool', tool, ...place.split(' ').filter(Boolean)].join(' ')
    await run(bare)
    const without = written()
    expect(stands()).toEqual([])
    await run(`${bare} ${flags}`)
    expect(stands()).toEqual(names)
    expect((await run(bare)).data).toMatchObject({ changed: false })
    const { report } = await run('status')
    for (const name of names) expect(report).toContain(name)
    await run('switch eu')
    expect(stands()).toEqual(names)
    await run('switch global')
    const file = join(home, 'qcode.toml')
    writeFileSync(file, String((await run('export')).report))
    expect((await run(`apply ${file} --check`)).exit).toBe(0)
    rmSync(file)
    const [first = '', ...others] = names
    await run(`${bare} --unset ${tool}=${first}`)
    expect(stands()).toEqual(others)
    await run(`${bare} --unset ${others.join(',')}`)
    expect(written()).toBe(without)
  },
)

describe('a tool that needs a model', () => {
  const needing = testCatalog.tools.filter(({ targets }) => targets.some(({ needsModel }) => needsModel))

  it.each(needing.map(({ id }) => id))('%s keeps the one that is set up', async (tool) => {
    await expect(run(`setup --tool ${tool}`)).rejects.toMatchObject({ code: 'model-missing', exit: 2 })
    await run(`setup --tool ${tool} --model claude-9`)
    expect((await run(`setup --tool ${tool}`)).data).toMatchObject({ changed: false })
    await run(`setup --tool ${tool} --region eu`)
    expect(written()).toContain('claude-9')
    expect(written()).toContain('eu.qcode.cc')
    await run(`setup --tool ${tool} --model claude-8`)
    expect(written()).not.toContain('claude-9')
    await expect(run(`setup --tool ${tool} --unset model`)).rejects.toMatchObject({ code: 'model-missing' })
  })
})

it('a setup file says the whole of its options, and nothing where it is silent', async () => {
  await run('setup --tool claude-code --less-traffic --model claude-code:opus=m-9')
  const file = join(home, 'qcode.toml')
  const tool = '[[tools]]\nid = "claude-code"\n'
  writeFileSync(file, tool)
  expect((await run(`apply ${file} --check`)).exit).toBe(0)
  writeFileSync(file, `${tool}options = { api-timeout = 600000, less-traffic = false }\n`)
  await run(`apply ${file}`)
  expect(written()).not.toContain('NONESSENTIAL')
  expect(written()).toMatch(/API_TIMEOUT_MS\W+600000\b/)
  expect(written()).toMatch(/OPUS_MODEL\W+m-9\b/)
})

it.each([
  ['[tools.options]\nmore-traffic = true', 'unknown-options', 3],
  ['[tools.options]\nless-traffic = 1', 'setup-file-type', 3],
  ['[tools.options]\nless-traffic = "yes"', 'setup-file-type', 3],
  ['[tools.options]\napi-timeout = true', 'setup-file-type', 3],
  ['[tools.options]\napi-timeout = -1', 'setup-file-type', 3],
  ['[tools.models]\nopera = "m"', 'unknown-models', 3],
  ['[tools.models]\nopus = 4', 'setup-file-type', 3],
])('a setup file with %j is refused with its line', async (text, code, line) => {
  const file = join(home, 'qcode.toml')
  writeFileSync(file, `[[tools]]\nid = "claude-code"\n${text}\n`)
  await expect(run(`apply ${file}`)).rejects.toMatchObject({ code, exit: 2, where: { line: line + 1 } })
})

it.each([
  ['setup --tool codex --less-traffic', 'option-not-supported', 'Claude Code'],
  ['setup --tool claude-code --analytics-off', 'option-not-supported', 'Codex CLI'],
  ['setup --tool llm --model m-9', 'option-not-supported', 'in the tool itself'],
  ['setup --tool llm --model llm=m-9', 'option-not-supported', 'in the tool itself'],
  ['setup --tool llm,codex --model llm=m-9', 'option-not-supported', 'in the tool itself'],
  ['setup --tool llm,codex --model llm=m-9,codex=m-9', 'option-not-supported', 'in the tool itself'],
  ['print codex --model-discovery', 'option-not-supported', 'Claude Code'],
  ['setup --tool claude-code --api-timeout soon', 'bad-number', '--api-timeout 600000'],
  ['setup --tool claude-code --api-timeout 0', 'bad-number', '--api-timeout 600000'],
  ['setup --tool claude-code --model claude-code:opsu=m', 'unknown-role', 'claude-code:opus=ID'],
  ['setup --tool cline --model cline:opus=m', 'unknown-role', '--model cline=ID'],
  ['setup --tool opencode --model opencode:=m', 'unknown-role', 'opencode:small=ID'],
  ['setup --tool aider --model aider:weak:x=m', 'unknown-role', 'aider:weak=ID'],
  ['setup --tool aider --model aider:weak', 'model-blank', '--model aider:weak=ID'],
  ['setup --tool aider --model aider:weak=', 'model-blank', '--unset aider=weak'],
  ['setup --tool opencode --model opencode=', 'model-blank', '--unset opencode=model'],
  ['setup --tool codex --model claude-code:opus=m', 'unknown-tool-in-model', 'codex'],
  ['setup --tool codex --unset opus', 'unknown-unset', 'analytics-off'],
  ['setup --tool codex --unset claude-code=opus', 'unknown-unset', 'codex'],
])('%s is refused, and says what there is', async (line, code, hint) => {
  const refused = await run(line).then(
    () => undefined,
    (error) => error,
  )
  expect(refused).toMatchObject({ code, exit: 2 })
  expect(String(refused.hint)).toContain(hint)
  expect(written()).toBe('')
})

it('a flag that one of several tools has is taken by that one', async () => {
  await run('setup --tool claude-code,codex --less-traffic --analytics-off')
  expect(written()).toMatch(/NONESSENTIAL_TRAFFIC\W+1\b/)
  expect(written()).toContain('enabled = false')
})

it('what moves to another method takes its models and options along', async () => {
  await run('setup --tool claude-code --less-traffic --model claude-code:opus=m-9')
  await run('setup --tool claude-code --method env --shell bash')
  expect(written()).toMatch(/export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=\W?1\b/)
  expect(written()).toMatch(/export ANTHROPIC_DEFAULT_OPUS_MODEL=\W?m-9\b/)
})

it('no tool has a flag or a role that the program means otherwise', () => {
  const own = new Set<string>(Object.values(fields).map(({ flag }) => flag))
  for (const { id, options, modelRoles } of testCatalog.tools) {
    const names = [...options.map((option) => option.id), ...modelRoles, 'model']
    expect(new Set(names).size, id).toBe(names.length)
    expect(
      options.filter((option) => own.has(option.id)),
      id,
    ).toEqual([])
  }
})
