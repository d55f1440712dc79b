import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

const config = '# mine\nmodel = "x"\n'

interface Killed {
  readonly home: string
  readonly run: string
  readonly old: ReturnType<typeof usersPart>
  readonly whole: ReturnType<typeof usersPart>
}

/**
 * A home in which a setup of Codex was killed between its two files: config.toml is new, the new .env stands under its
 * temporary name, and the journal says `committing`, as src/apply leaves them.
 */
async function inKilledHome(work: (killed: Killed) => Promise<void>): Promise<void> {
  const { home, drop } = makeHome()
  try {
    mkdirSync(join(home, '.codex'))
    writeFileSync(join(home, '.codex/config.toml'), config)
    const old = usersPart(readTree(home))
    const ran = await setUp(['codex'], { home }, '--json')
    const { run } = JSON.parse(ran.stdout)
    const whole = usersPart(readTree(home))

    const state = join(home, stateBelowHome)
    const file = join(state, 'runs', run, 'journal.json')
    const journal = JSON.parse(readFileSync(file, 'utf8'))
    const env = journal.files.find(({ path }: { path: string }) => path.endsWith('.env'))
    renameSync(env.path, env.temporary)
    writeFileSync(file, JSON.stringify({ ...journal, state: 'committing' }))
    writeFileSync(join(state, 'ledger.json'), JSON.stringify(journal.ledger.before))
    await work({ home, run, old, whole })
  } finally {
    drop()
  }
}

const users = (home: string) => usersPart(readTree(home))

describe.concurrent('a run that was killed half-way', () => {
  it('is reported by status, which changes nothing', () =>
    inKilledHome(async ({ home, run }) => {
      const before = readTree(home)
      const status = await runProgram(['status', '--json'], { home })
      expect(JSON.parse(status.stdout).unfinishedRun).toBe(run)
      const told = await runProgram(['status'], { home })
      expect(told.stderr.replace(/\s+/g, ' ')).toContain(`qcode-setup undo ${run}`)
      expect(readTree(home)).toEqual(before)
    }))

  it('is left alone by a dry run', () =>
    inKilledHome(async ({ home }) => {
      const before = readTree(home)
      expect((await setUp(['claude-code'], { home }, '--dry-run')).exit).toBe(0)
      expect(readTree(home)).toEqual(before)
    }))

  it('is rolled back by undo', () =>
    inKilledHome(async ({ home, run, old }) => {
      const ran = await runProgram(['undo', run, '--yes', '--json'], { home })
      expect(ran.exit, ran.stderr).toBe(0)
      expect(JSON.parse(ran.stdout)).toMatchObject({ changed: true, undone: run })
      expect(users(home)).toEqual(old)
      expect(JSON.parse((await runProgram(['status', '--json'], { home })).stdout).unfinishedRun).toBeNull()
    }))

  it('is rolled back first by the next run, which says so', () =>
    inKilledHome(async ({ home, run, old }) => {
      const ran = await setUp(['claude-code'], { home })
      expect(ran.exit, ran.stderr).toBe(0)
      expect(ran.stderr).toContain(run)
      expect(ran.stderr.replace(/\s+/g, ' ')).toContain('was interrupted. It has been rolled back')
      expect((await runProgram(['remove', '--yes'], { home })).exit).toBe(0)
      expect(users(home)).toEqual(old)
    }))

  it('is finished by --recover finish', () =>
    inKilledHome(async ({ home, run, whole }) => {
      const ran = await runProgram(['switch', 'global', '--recover', 'finish', '--yes', '--no-check'], {
        home,
      })
      expect(ran.exit, ran.stderr).toBe(0)
      expect(ran.stderr).toContain(run)
      expect(users(home)).toEqual(whole)
      expect(JSON.parse((await runProgram(['status', '--json'], { home })).stdout)).toMatchObject({
        unfinishedRun: null,
        tools: [{ tool: 'codex', asWritten: true }],
      })
    }))

  it('does not lose what somebody else wrote in the meantime', () =>
    inKilledHome(async ({ home }) => {
      writeFileSync(join(home, '.codex/config.toml'), '# somebody else\n')
      const ran = await setUp(['claude-code'], { home })
      expect(ran.exit, ran.stderr).toBe(0)
      expect(ran.stderr.replace(/\s+/g, ' ')).toContain(
        '.codex/config.toml has changed since then, so it was left as it is',
      )
      expect(readFileSync(join(home, '.codex/config.toml'), 'utf8')).toBe('# somebody else\n')
      const holders = Object.entries(users(home)).filter(([, { bytes }]) => bytes?.includes(sampleKey))
      expect(holders.map(([path]) => path)).toEqual(['.claude/settings.json'])
    }))
})
