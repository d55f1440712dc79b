import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'
import { writers, wrongUrls } from './wrong-urls.ts'

interface Finding {
  readonly rule: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly url: string
  readonly tool: string | null
  readonly fix: string | null
}

let home: string
let drop: () => void
beforeEach(() => {
  ;({ home, drop } = makeHome())
})
afterEach(() => drop())

function write(name: string, text: string): string {
  const path = join(home, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function lint(...args: readonly string[]) {
  const ran = await runProgram(['lint', ...args, '--json'], { home })
  return { ...ran, document: JSON.parse(ran.stdout), findings: JSON.parse(ran.stdout).findings as Finding[] }
}

describe.each(Object.entries(writers))('lint of %s', (name, { line, around = (lines) => `${lines}\n` }) => {
  const text = (key: 'url' | 'fix') =>
    around(wrongUrls.map((wrong, index) => line(wrong.name, wrong[key], index)).join('\n'))

  it('finds one of each broken rule at its place', async () => {
    const lines = text('url').split('\n')
    const path = write(name, lines.join('\n'))
    const { exit, document, findings } = await lint(name)
    expect(exit).toBe(3)
    expect(document).toMatchObject({ version: 1, command: 'lint', files: 1 })
    expect(findings.map(({ rule }) => rule)).toEqual(wrongUrls.map(({ rule }) => rule))
    for (const [index, { file, line: at, column, fix }] of findings.entries()) {
      const wrong = wrongUrls[index] as (typeof wrongUrls)[0]
      expect(file).toBe(path)
      expect(lines[at - 1]?.slice(column - 1)).toSatisfy((rest: string) => rest.startsWith(wrong.url))
      expect(fix).toBe(wrong.fix)
    }
  })

  it('corrects just the URLs, and undo gives back every byte', async () => {
    const path = write(name, text('url'))
    chmodSync(path, 0o640)
    const { exit, document } = await lint(name, '--fix')
    expect(exit).toBe(0)
    expect(document).toMatchObject({ findings: [], fixed: 13, run: expect.any(String) })
    expect(readFileSync(path, 'utf8')).toBe(text('fix'))
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(await lint(name)).toMatchObject({ exit: 0, findings: [] })
    expect((await runProgram(['undo'], { home })).exit).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(text('url'))
  })
})

describe('lint without a path', () => {
  it('looks at the places of every tool, at profiles, .env files and the environment', async () => {
    write('.codex/config.toml', '[model_providers.qcode]\nbase_url = "https://api.qcode.cc"\n')
    write('.claude/settings.json', '{"env": {"ANTHROPIC_BASE_URL": "https://api.qcode.cc/api/v1"}}')
    const cline = { providers: { anthropic: { settings: { baseUrl: 'https://api.qcode.cc/api' } } } }
    write('.cline/data/settings/providers.json', JSON.stringify(cline))
    write('.zshrc', 'export OPENAI_BASE_URL=https://api.qcode.cc/openai\n')
    write('.config/fish/config.fish', 'set -gx ANTHROPIC_API_BASE https://api.qcode.cc/api/\n')
    write('.env.local', 'OPENAI_API_BASE=https://api.qcode.cc/openai/\n')
    write('elsewhere.py', 'OpenAI(base_url="https://api.qcode.cc")\n')
    const env = { ANTHROPIC_BASE_URL: 'http://eu.qcode.cc/api' }
    const { stdout, exit } = await runProgram(['lint', '--json'], { home, env })
    const { findings, files } = JSON.parse(stdout) as { findings: Finding[]; files: number }
    expect(exit).toBe(3)
    expect(files).toBe(6)
    const seen = findings.map(({ file, rule }) => `${file.replace(`${home}/`, '')} ${rule}`).sort()
    expect(seen).toEqual([
      '$ANTHROPIC_BASE_URL scheme',
      '.claude/settings.json doubled-v1',
      '.cline/data/settings/providers.json missing-v1',
      '.codex/config.toml missing-prefix',
      '.config/fish/config.fish trailing-slash',
      '.env.local missing-v1',
      '.env.local trailing-slash',
      '.zshrc missing-v1',
    ])
  })

  it('finds nothing in an empty home, nor in one that was just set up', async () => {
    expect(await lint()).toMatchObject({ exit: 0, document: { findings: [], files: 0 } })
    await setUp(['all'], { home })
    await setUp(['openai-sdk,langchain'], { home }, '--scope', 'project')
    const { exit, findings, document } = await lint('--project')
    expect(findings).toEqual([])
    expect(exit).toBe(0)
    expect(document.files).toBeGreaterThan(6)
  })

  it('judges what a tool of the user\u2019s own reads', async () => {
    write(
      '.config/qcode-setup/tools/mine/tool.toml',
      [
        'schema = 1\nid = "mine"\ntitle = "Mine"\ndocs = "https://example.com"\nauth = "bearer"\n[detect]',
        '[[variants]]\nid = "default"\ntitle = "all"',
        'endpoints = [{ protocol = "openai-chat", prefix = "/openai/v1", appends = "/chat/completions" }]',
        '[[targets]]\nscope = "user"\npath = "{{ home }}/.mine.json"\nformat = "json"\ncontent = "mine.json"',
        '[env.variables]\nMINE_URL = "{{ baseUrl }}"\n',
      ].join('\n'),
    )
    write('.config/qcode-setup/tools/mine/mine.json', '{"address": "{{ baseUrl }}"}')
    write('.mine.json', '{"address": "https://api.qcode.cc/openai"}')
    write('.env', 'MINE_URL=https://api.qcode.cc/openai\n')
    const { findings } = await lint()
    expect(findings.map(({ rule, tool }) => `${rule} ${tool}`)).toEqual([
      'missing-v1 mine',
      'missing-v1 mine',
    ])
  })
})

describe('lint --project', () => {
  it('adds source code that git would not ignore', async () => {
    write('.gitignore', 'build/\n*.gen.ts\n')
    const code = 'new OpenAI({ baseURL: "https://api.qcode.cc" })\n'
    for (const name of ['src/a.ts', 'src/b.gen.ts', 'build/c.ts', 'node_modules/d.ts', 'e.md'])
      write(name, code)
    write('src/binary.ts', `\0${code}`)
    write('src/large.ts', code + ' '.repeat(1024 * 1024))
    const { findings } = await lint('--project')
    expect(findings.map(({ file }) => file)).toEqual([join(home, 'src/a.ts')])
  })

  it('walks a folder that is named', async () => {
    write('src/deep/a.py', 'Anthropic(base_url="https://api.qcode.cc")\n')
    const { findings } = await lint('src')
    expect(findings.map(({ file }) => file)).toEqual([join(home, 'src/deep/a.py')])
  })

  it('sees a file once that a link names as well, and corrects it', async () => {
    const path = write('src/zshrc.sh', 'export ANTHROPIC_BASE_URL=https://api.qcode.cc/api/\n')
    symlinkSync(path, join(home, '.zshrc'))
    expect((await lint('--project')).findings).toHaveLength(1)
    expect(await lint('--project', '--fix')).toMatchObject({ exit: 0, findings: [] })
    expect(readFileSync(path, 'utf8')).toBe('export ANTHROPIC_BASE_URL=https://api.qcode.cc/api\n')
  })
})

describe('lint --fix', () => {
  it('writes nothing in a dry run, and shows neither keys nor passwords in its diff', async () => {
    write(
      'a.py',
      'c = OpenAI(\n  api_key="mysecretkeyvalue",\n  base_url="https://me:hiddenword@api.qcode.cc/openai")\n',
    )
    const before = readTree(home)
    const { exit, stdout, stderr } = await runProgram(['lint', 'a.py', '--fix', '--dry-run'], { home })
    expect(exit).toBe(3)
    expect(stdout).toContain('+  base_url="https://api.qcode.cc/openai/v1")')
    expect(stdout + stderr).not.toMatch(/mysecretkeyvalue|hiddenword/)
    expect(readTree(home)).toEqual(before)
  })

  it('leaves alone what is open, and says so', async () => {
    const path = write('.env', 'OPENAI_BASE_URL=\nANTHROPIC_BASE_URL=https://api.qcode.cc/api/\n')
    const { exit, findings, document } = await lint('--fix')
    expect(exit).toBe(3)
    expect(findings.map(({ line, rule }) => `${line} ${rule}`)).toEqual(['1 scheme'])
    expect(document.fixed).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe('OPENAI_BASE_URL=\nANTHROPIC_BASE_URL=https://api.qcode.cc/api\n')
  })

  it('breaks no project in which another client reads the same variable', async () => {
    const path = write('app/.env', 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/v1\n')
    write('app/package.json', '{"dependencies": {"@ai-sdk/anthropic": "^4.0.105"}}')
    expect(await lint('app/.env', '--fix')).toMatchObject({ exit: 0, findings: [] })
    writeFileSync(path, 'ANTHROPIC_BASE_URL=https://api.qcode.cc/nonsense\n')
    expect((await lint('app/.env', '--fix')).findings).toMatchObject([{ rule: 'wrong-prefix', fix: null }])
  })

  it('touches no file that is no UTF-8 text', async () => {
    const path = join(home, 'a.py')
    writeFileSync(path, Buffer.from('# \xb0\xa1\nOpenAI(base_url="https://api.qcode.cc/openai")\n', 'latin1'))
    const before = readFileSync(path)
    const { exit, findings } = await lint('a.py', '--fix')
    expect(exit).toBe(3)
    expect(findings).toMatchObject([{ rule: 'missing-v1', fix: null }])
    expect(readFileSync(path)).toEqual(before)
  })

  it('keeps a value of ours ours, so that status, switch and remove go on as before', async () => {
    await setUp(['codex'], { home })
    const config = join(home, '.codex/config.toml')
    const ledger = join(home, '.local/state/qcode-setup/ledger.json')
    const wrong = 'https://api.qcode.cc/openai/'
    writeFileSync(config, readFileSync(config, 'utf8').replace('"https://api.qcode.cc/openai"', `"${wrong}"`))
    const hashOf = (url: string) => createHash('sha256').update(JSON.stringify(url)).digest('hex')
    const right = hashOf('https://api.qcode.cc/openai')
    const text = readFileSync(ledger, 'utf8')
    expect(text).toContain(right)
    writeFileSync(ledger, text.replace(right, hashOf(wrong)))
    expect(await lint('--fix')).toMatchObject({ exit: 0, document: { fixed: 1 } })
    expect(readFileSync(ledger, 'utf8')).toContain(right)
    const status = JSON.parse((await runProgram(['status', '--json'], { home })).stdout)
    expect(status.tools).toMatchObject([{ tool: 'codex', asWritten: true }])
    expect((await runProgram(['switch', 'eu', '--yes', '--no-check'], { home })).exit).toBe(0)
    expect((await runProgram(['remove', '--yes'], { home })).exit).toBe(0)
    expect(usersPart(readTree(home))).toEqual({})
  })

  it('leaves a region that the user chose by hand the user\u2019s', async () => {
    await setUp(['codex'], { home })
    const config = join(home, '.codex/config.toml')
    const text = readFileSync(config, 'utf8')
    writeFileSync(config, text.replace('https://api.qcode.cc/openai', 'https://eu.qcode.cc/openai/'))
    expect(await lint('--fix')).toMatchObject({ exit: 0, document: { fixed: 1 } })
    const status = JSON.parse((await runProgram(['status', '--json'], { home })).stdout)
    expect(status.tools[0].files).toContainEqual(expect.objectContaining({ path: config, state: 'changed' }))
  })
})

describe('lint says', () => {
  it('that a path is not there, and ends as bad usage', async () => {
    const { exit, stderr } = await runProgram(['lint', 'nowhere.toml'], { home })
    expect(exit).toBe(2)
    expect(stderr).toContain('nowhere.toml')
  })

  it('what is wrong, and what to type', async () => {
    write('.env', 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/v1\n')
    const { exit, stdout, stderr } = await runProgram(['lint'], { home })
    expect(exit).toBe(3)
    expect(stdout).toContain('.env:1:20  doubled-v1')
    expect(stdout).toContain('/api/v1/v1/messages')
    expect(stderr).toContain('--fix')
  })

  it('the same to code scanning and to GitHub', async () => {
    write('.env', 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/v1\n')
    const sarif = await runProgram(['lint', '--format', 'sarif'], { home })
    expect(sarif.exit).toBe(3)
    expect(JSON.parse(sarif.stdout).runs[0].results[0].ruleId).toBe('doubled-v1')
    const github = await runProgram(['lint', '--format', 'github'], { home })
    expect(github.stdout).toMatch(/^::error file=\.env,line=1,col=20,title=doubled-v1::/)
  })
})
