import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { ownManifest, ownTools, writeOwnTool } from '../../support/own-tool.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

interface Scene {
  readonly home: string
  readonly tools: string
  readonly run: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => ReturnType<typeof runProgram>
  /** A program in PATH that appends its arguments and environment to `ran`. */
  readonly addProgram: (name: string) => string
}

async function inHome(work: (scene: Scene) => Promise<void>): Promise<void> {
  const { home, drop } = makeHome()
  const tools = ownTools(home)
  mkdirSync(tools, { recursive: true })
  const run: Scene['run'] = (args, env) => runProgram(args, { home, ...(env && { env }) })
  const addProgram = (name: string) => {
    const ran = join(dirname(home), `${name}.ran`)
    const file = join(dirname(home), 'commands', name)
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$0" "$@" "\${QCODE_API_KEY-none}" >> '${ran}'\n`)
    chmodSync(file, 0o755)
    return ran
  }
  await work({ home, tools, run, addProgram }).finally(drop)
}

const bad = { 'tool.toml': 'schema = 2\n' }

describe.concurrent('a tool folder that cannot be used', () => {
  it.each(['setup', 'print', 'prove'])('stops %s, with the file: exit 2, nothing written', (name) =>
    inHome(async ({ home, tools, run }) => {
      const folder = writeOwnTool(tools, bad)
      const tree = readTree(home)
      const args = {
        setup: ['--tool', 'codex', '--yes', '--no-check', '--key-store', 'env'],
        print: ['print', 'codex'],
        prove: ['prove'],
      }[name]
      const { exit, stderr } = await run(args ?? [])
      expect([exit, stderr]).toEqual([2, expect.stringContaining(join(folder, 'tool.toml'))])
      expect(readTree(home)).toEqual(tree)
    }),
  )

  it('is told of by every other command, which does its work', () =>
    inHome(async ({ home, tools, run }) => {
      expect((await setUp(['codex'], { home })).exit).toBe(0)
      const folder = writeOwnTool(tools, bad)
      const lines = [
        ['status'],
        ['doctor', '--no-check'],
        ['lint'],
        ['demo'],
        ['check', '--gateway', 'http://127.0.0.1:9'],
        ['switch', 'eu', '--yes', '--no-check'],
        ['undo', '--yes'],
        ['remove', '--tool', 'codex', '--yes'],
      ]
      for (const line of lines) {
        const { exit, stderr } = await run(line)
        expect([line[0], exit]).toEqual([line[0], line[0] === 'check' ? 4 : 0])
        expect(stderr.replaceAll(/\s/g, '')).toContain(join(folder, 'tool.toml'))
      }
      expect(existsSync(join(home, '.codex/config.toml'))).toBe(false)
      const { stdout: key } = await run(['key', 'get', '--json'])
      expect(JSON.parse(key).error?.code).not.toBe('tool-folder')
      expect((await run(['--help'])).exit).toBe(0)
      expect((await run(['setup', '--help'])).exit).toBe(0)
      const { stdout } = await run(['status', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({ version: 1, command: 'status' })
    }))
})

it('a target that ends in a slash is refused before anything is written, and stops no other command', () =>
  inHome(async ({ home, tools, run }) => {
    writeOwnTool(tools, { 'tool.toml': ownManifest.replace('settings.json"', 'settings.json/"') })
    const tree = readTree(home)
    const { exit, stderr } = await setUp(['mine'], { home })
    expect([exit, stderr.replaceAll(/\s+/g, ' ')]).toEqual([2, expect.stringContaining('no / at the end')])
    expect(readTree(home)).toEqual(tree)
    expect((await run(['doctor', '--no-check'])).exit).toBe(0)
  }))

describe.concurrent('the programs that a tool folder names', () => {
  const proving = `${ownManifest}\n[[prove]]\nargs = ["{{ prompt }}"]\n`

  it('are run by prove only where the tool is named, and never with the key', () =>
    inHome(async ({ tools, run, addProgram }) => {
      const ran = addProgram('mine')
      writeOwnTool(tools, { 'tool.toml': proving })
      const env = { QCODE_API_KEY: sampleKey }
      await run(['prove'], env)
      expect(existsSync(ran)).toBe(false)
      await run(['prove', '--tool', 'mine'], env)
      expect(readFileSync(ran, 'utf8')).toContain('none')
      expect(readFileSync(ran, 'utf8')).not.toContain(sampleKey)
    }))

  it('are asked for their version without the key', () =>
    inHome(async ({ home, tools, addProgram }) => {
      const ran = addProgram('mine')
      const second = `\n[[variants]]\nid = "old"\ntitle = "old"\nwhen = "<1"\nendpoints = [{ protocol = "anthropic-messages", prefix = "/api", appends = "/v1/messages" }]\n`
      writeOwnTool(tools, { 'tool.toml': ownManifest + second })
      const { exit } = await setUp(['mine'], { home, env: { QCODE_API_KEY: sampleKey } })
      expect(exit).toBe(0)
      expect(readFileSync(ran, 'utf8')).toContain('--version\nnone')
    }))

  it('are never run to restart a daemon, not even with --restart-daemons: the command is shown', () =>
    inHome(async ({ home, tools, addProgram }) => {
      const ran = addProgram('mine')
      writeFileSync(join(home, 'daemon.pid'), JSON.stringify({ pid: process.pid }))
      const daemon = '\n[daemon]\npid_file = "{{ home }}/daemon.pid"\nrestart = ["mine", "restart"]\n'
      writeOwnTool(tools, { 'tool.toml': ownManifest + daemon })
      const { exit, stderr } = await setUp(['mine'], { home }, '--restart-daemons')
      expect([exit, existsSync(ran)]).toEqual([0, false])
      expect(stderr).toMatch(/mine\s+restart/)
    }))
})

describe.concurrent('no command waits for ever', () => {
  it('for a pipe where a file is looked for', () =>
    inHome(async ({ home, tools, run }) => {
      const daemon = '\n[daemon]\npid_file = "{{ home }}/daemon.pid"\nrestart = ["mine", "restart"]\n'
      writeOwnTool(tools, { 'tool.toml': ownManifest + daemon })
      const pipes = ['daemon.pid', 'requirements.txt', 'package.json', 'pyproject.toml', '.env', '.gitignore']
      for (const name of pipes) execFileSync('mkfifo', [join(home, name)])
      expect((await setUp(['mine,codex'], { home })).exit).toBe(0)
      expect((await setUp(['detected'], { home }, '--dry-run')).exit).toBe(0)
      for (const line of [['status'], ['lint', '--project'], ['doctor', '--no-check']]) await run(line)
    }))

  it('for a pattern that takes longer than a life', () =>
    inHome(async ({ tools, run, addProgram }) => {
      addProgram('mine')
      const trap = (id: string, matches: string) =>
        `[[traps]]\nid = "${id}"\nlevel = "warning"\nwhen = [{ variables = ["SLOW"], matches = "${matches}" }]\n` +
        'text = "x"\ntext_zh = "x"\nfix = "x"\n'
      const traps = trap('slow', '^(a+)+$') + trap('quick', '^a.*!$')
      writeOwnTool(tools, {
        'tool.toml': `${ownManifest}[[sources]]\nlevel = "environment"\n${traps}`,
      })
      const { stdout } = await run(['doctor', '--no-check', '--json'], { SLOW: `${'a'.repeat(60)}!` })
      const ids = JSON.parse(stdout).findings.map(({ id }: { id: string }) => id)
      expect([ids.includes('slow'), ids.includes('quick')]).toEqual([false, true])
    }))
})
