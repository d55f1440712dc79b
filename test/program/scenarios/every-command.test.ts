import { describe, expect, it } from 'vitest'
import { commandTable } from '../../support/command-table.ts'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram } from '../../support/run-program.ts'

/** Runs one command line in an empty home, in which it may write nothing. */
async function runWithoutTrace(...args: readonly string[]): Promise<Ran> {
  const { home, drop } = makeHome()
  try {
    const ran = await runProgram(args, { home })
    expect(readTree(home)).toEqual({})
    return ran
  } finally {
    drop()
  }
}

/** Started once: it is the same for all. */
let overview: Promise<Ran> | undefined

describe.concurrent.each(commandTable.map(({ name }) => name))('%s', (name) => {
  it('has a help that ends well and writes nothing', async () => {
    const { exit, stdout, stderr } = await runWithoutTrace(name, '--help')
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Usage: qcode-setup ${name}`)
    expect(stdout).toContain('--json')
  })

  it('is named in the overview', async () => {
    overview ??= runWithoutTrace('--help')
    expect((await overview).stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  })

  it('answers a wrong flag with one JSON document, where JSON is asked for', async () => {
    const { exit, stdout } = await runWithoutTrace(name, '--no-such-flag', '--json')
    expect(exit).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, command: name, error: { code: 'unknown-flag' } })
  })
})
