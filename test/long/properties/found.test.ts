import { describe, expect, it } from 'vitest'
import type { HomeFile } from './arbitrary-home.ts'
import type { Wish } from './arbitrary-wish.ts'
import { type Machine, onMachine } from './machine.ts'

/** The smallest examples of what the random homes have found. */
describe('found by random homes', () => {
  it('a setup that skips the key leaves the mode of its file alone', () =>
    inHome([file('.cline/data/secrets.json', '{ "apiKey": { "mine": 1 } }\n')], async (machine) => {
      const wish = { ...wishFor('cline'), pins: { cline: 'cli-1-2' } }
      await machine.setup(wish, { values: { onConflict: ['skip'] } })
      expect(machine.users()['.cline/data/secrets.json']?.mode).toBe(0o644)
    }))

  it('two models for one variable come to rest: one is written, and it is said', () =>
    inHome([], async (machine) => {
      const wish: Wish = { ...wishFor('claude-code', 'claude-agent-sdk'), method: 'env', models }
      const first = await machine.setup(wish)
      expect(JSON.stringify(first.outcome?.data.warnings)).toContain('share ANTHROPIC_MODEL')
      expect((await machine.setup(wish)).outcome?.data).toMatchObject({ changed: false, run: null })
    }))

  it('status tells of a value that another tool has written over', () =>
    inHome([], async (machine) => {
      await machine.setup({ ...wishFor('claude-code'), method: 'env', region: 'eu' })
      await machine.setup({ ...wishFor('claude-agent-sdk'), region: 'us' })
      expect((await machine.status()).outcome?.data.tools).toMatchObject([
        { tool: 'claude-code', asWritten: false, files: [{ differs: ['ANTHROPIC_BASE_URL'] }, {}, {}] },
        { tool: 'claude-agent-sdk', asWritten: true },
      ])
    }))

  it("a key that another setup keeps in its file is nobody else's, whatever is planned beside it", () =>
    inHome([], async (machine) => {
      await machine.setup({ ...wishFor('claude-code'), method: 'env' }, { values: { keyStore: ['env'] } })
      await machine.setup({ ...wishFor('claude-code'), scope: 'project' })
      expect((await machine.switchTo('eu')).error).toBeUndefined()
      expect(machine.users()['work/.claude/settings.local.json']?.bytes).toContain('cr_0123456789abcdef')
    }))

  it('a key for one tool is not written for another whose key is in a variable of the user', () =>
    inHome([], async (machine) => {
      const file = `key = "env:QCODE_API_KEY"
        tools = ["openclaw", { id = "langchain", key_store = "env" }]`
      expect((await machine.apply(file, wishFor('openclaw').key)).error).toBeUndefined()
      expect(machine.users()['.config/qcode-setup/env.sh']?.bytes).toContain('OPENAI_BASE_URL')
      expect(machine.users()['.config/qcode-setup/env.sh']?.bytes).not.toContain('KEY')
    }))

  it('null is a value like any other, which comes back', () =>
    inHome([file('.cline/data/secrets.json', '{\n  "apiKey": null\n}\n')], async (machine) => {
      const before = machine.users()
      expect((await machine.setup({ ...wishFor('cline'), pins: { cline: 'cli-1-2' } })).error).toBeUndefined()
      await machine.remove()
      expect(machine.users()).toEqual(before)
    }))
})

const models = { 'claude-code': 'one', 'claude-agent-sdk': 'two' }

function wishFor(...tools: readonly string[]): Wish {
  const key = `cr_${'0123456789abcdef'.repeat(4)}`
  return { tools, region: 'global', scope: 'user', shell: 'bash', key, models: {}, pins: {} }
}

function file(path: string, text: string): HomeFile {
  return { path, text, mode: 0o644, linked: false }
}

function inHome(files: readonly HomeFile[], work: (machine: Machine) => Promise<void>): Promise<void> {
  return onMachine({ name: 'home', files, linkedFolders: [], moved: [], apiKey: false }, work)
}
