import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable } from '../../support/command-table.ts'
import { answering, type Faulty, startFaulty } from '../../support/faulty-gateway.ts'
import { manifestOf, ownTools, writeOwnTool } from '../../support/own-tool.ts'
import { makeHome, type Ran, runProgram, sampleKey } from '../../support/run-program.ts'

/** Clears the screen, names the window, an 8-bit CSI, a turned direction and a zero width. */
const commands = 'x\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u200b'
/** The same, and a line that looks like one of this program's, all in one name. */
const evil = `${commands}\nFORGED\u2028\x85`
const commandsInToml = 'x\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202e\\u200b'
const inToml = `${commandsInToml}\\u000aFORGED\\u2028\\u0085`
const ownStyle = /\x1b\[(?:1|2|22|31|32|33|36|39)m/g
/** A line of its own, whatever of ours stands in front. */
const forged = /^\W*FORGED/m
const commanding = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u

const ownTool = `${manifestOf('evil', inToml)}
[[notes]]
level = "warning"
text = "${commandsInToml} {{ model }}"

[[prove]]
args = ["{{ prompt }}"]
`

const ownContent = JSON.stringify({
  [evil]: evil,
  url: '{{ baseUrl }}',
  key: '{{ key }}',
  model: '{{ model }}',
})

const client = `#!/bin/sh
printf 'version: 1.0-${evil}\\nmissing: ${evil}\\n'
printf '${evil}' >&2
exit 3
`

const files: Readonly<Record<string, string>> = {
  '.codex/config.toml': `model = "${inToml}"\n[model_providers."${inToml}"]\nbase_url = "https://api.qcode.cc/${inToml}"\n`,
  '.claude/settings.json': JSON.stringify({
    env: { ANTHROPIC_BASE_URL: `https://api.qcode.cc/${evil}` },
    apiKeyHelper: evil,
    [evil]: evil,
  }),
  '.aider.conf.yml': `model: "${inToml}"\n`,
  [`project ${evil}/${evil}.env`]: `OPENAI_BASE_URL=https://api.qcode.cc/${commands}\n`,
  [`project ${evil}/${evil}.json`]: JSON.stringify({ url: `https://api.qcode.cc/${evil}` }),
  [`project ${evil}/requirements.txt`]: 'openai\nanthropic\nclaude-agent-sdk\n',
}

let gateway: Faulty
let redirect: Faulty
beforeAll(async () => {
  gateway = await startFaulty(answering(500, { error: evil, message: evil }))
  redirect = await startFaulty(answering(302, {}, { location: `https://evil.example/${encodeURI(evil)}` }))
})
afterAll(() => Promise.all([gateway.close(), redirect.close()]))

interface Scene {
  readonly home: string
  run(args: readonly string[], more?: Readonly<Record<string, string>>): Promise<Ran>
}

/** A home, a project, files, a tool of the user's own, a client and variables that all try to command the terminal. */
async function inHostileHome(work: (scene: Scene) => Promise<void>, name = commands): Promise<void> {
  const { home, drop } = makeHome(`home ${name}`)
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
    writeOwnTool(ownTools(home), { 'tool.toml': ownTool, 'settings.json': ownContent }, 'evil')
    const program = join(dirname(home), 'commands', 'evil')
    writeFileSync(program, client)
    chmodSync(program, 0o755)
    const env = {
      FORCE_COLOR: '1',
      QCODE_API_KEY: sampleKey,
      ANTHROPIC_BASE_URL: `https://api.qcode.cc/${evil}`,
      HTTP_PROXY: '',
    }
    const cwd = join(home, `project ${evil}`)
    await work({ home, run: (args, more) => runProgram(args, { home, cwd, env: { ...env, ...more } }) })
  } finally {
    drop()
  }
}

function expectQuiet({ stdout, stderr }: Ran): void {
  expect(stdout + stderr).not.toBe('')
  for (const text of [stdout, stderr]) {
    expect(text.replace(ownStyle, '')).not.toMatch(commanding)
    expect(text.replace(ownStyle, '')).not.toMatch(forged)
  }
}

const setupLine = ['--tool', 'all', '--yes', '--no-check', '--on-conflict', 'overwrite', '--allow-problems']

/** By command, the lines that make it say most. `{gateway}` stands for a server with hostile replies. */
const lines: Readonly<Record<string, readonly (readonly string[])[]>> = {
  setup: [
    [...setupLine, '--dry-run', '--diff', '--model', `evil=${evil}`],
    ['--tool', 'all', '--yes', '--gateway', '{gateway}'],
    ['--tool', 'all', '--yes', '--gateway', '{redirect}'],
    ['--tool', 'codex', '--yes', '--no-check', '--scope', 'project'],
    ['--tool', evil, '--yes', '--no-check'],
    ['--tool', 'codex', '--yes', '--region', evil],
    ['--tool', 'codex', '--yes', '--gateway', `https://${evil}`],
    ['--tool', 'codex', '--yes', '--key-file', evil],
    [`--${evil}`],
  ],
  print: [
    ['print', 'evil'],
    ['print', 'codex', '--model', commands],
    ['print', evil],
  ],
  check: [
    ['check', '--gateway', '{gateway}'],
    ['check', '--gateway', '{redirect}', '--live', '--model', 'claude-x'],
  ],
  status: [['status']],
  switch: [
    ['switch', 'eu', '--dry-run', '--diff', '--yes', '--no-check'],
    ['switch', evil],
  ],
  undo: [
    ['undo', evil],
    ['undo', '--dry-run', '--diff', '--yes'],
  ],
  remove: [['remove', '--yes', '--dry-run', '--diff']],
  lint: [
    ['lint'],
    ['lint', '--project'],
    ['lint', evil],
    ['lint', '--project', '--format', 'sarif'],
    ['lint', '--project', '--format', 'github'],
  ],
  prove: [['prove', '--tool', 'evil']],
  doctor: [['doctor', '--no-check']],
  demo: [['demo']],
}

describe.concurrent('no text of a file, a name, a variable, a client or a server commands the terminal or forges a line', () => {
  it.each(commandTable.map(({ name }) => name))('%s', (name) =>
    inHostileHome(async ({ run }) => {
      const first = await run(setupLine)
      expect([first.exit, first.exit === 0 ? '' : first.stderr]).toEqual([0, ''])
      const fill = (argument: string) =>
        argument.replace('{gateway}', gateway.origin).replace('{redirect}', redirect.origin)
      for (const line of lines[name] ?? [[name]]) {
        const args = line.map(fill)
        expectQuiet(await run(args))
      }
      expectQuiet(await run([...(lines[name]?.[0] ?? [name]), '--json']))
      expectQuiet(await run([name, '--help'], { LANG: 'zh_CN.UTF-8' }))
    }),
  )
})

/** No profile of a shell can name it, so this is for tools with files of their own. */
it('the name of the home does not command the terminal either, in messages about its files, conflicts and obstacles', () =>
  inHostileHome(async ({ home, run }) => {
    const tools = ['--tool', 'codex,claude-code,evil', '--yes', '--no-check', '--allow-problems']
    const quiet = async (exit: number, ...args: readonly string[]) => {
      const ran = await run(args)
      expectQuiet(ran)
      expect([args, ran.exit]).toEqual([args, exit])
    }
    await quiet(0, ...tools, '--diff')
    await quiet(2, 'print', 'codex', '--with-key', '--key-file', join(home, evil))
    await quiet(0, 'print', 'codex')
    const settings = join(home, '.claude/settings.json')
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('api.qcode.cc', 'eu.qcode.cc'))
    await quiet(3, 'switch', 'us', '--yes', '--no-check')
    await quiet(0, 'status')
    await quiet(3, 'lint')
    await quiet(3, 'doctor', '--no-check')
    await quiet(3, 'undo', '--yes')
    writeFileSync(join(home, '.codex/config.toml'), 'model = ')
    await quiet(1, 'switch', 'eu', '--yes', '--no-check', '--on-conflict', 'overwrite')
    rmSync(join(home, '.codex/config.toml'))
    mkdirSync(join(home, '.codex/config.toml'))
    await quiet(1, ...tools, '--on-conflict', 'overwrite')
    rmSync(join(home, '.codex/config.toml'), { recursive: true })
    await quiet(0, 'remove', '--yes', '--on-conflict', 'overwrite', '--allow-problems')
  }, evil))
