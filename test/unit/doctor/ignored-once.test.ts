import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ToolData } from '../../../src/checks/doctor/tool-data.ts'
import type { Host } from '../../../src/host/host.ts'
import { createWindowsMachine } from '../../support/fake-registry.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'

const used = 'https://us.qcode.cc/api'
const ignored = 'https://eu.qcode.cc/api'

interface Row {
  readonly name: string
  /** Undefined for Windows, whose shells take no variable to be known. */
  readonly shell?: string
  readonly files?: Readonly<Record<string, string>>
  readonly user?: string
  readonly machine?: string
  /** Where it stands, below the home or in the registry. */
  readonly place: string
}

const rows: readonly Row[] = [
  { name: 'a variable of the user on Windows', user: ignored, place: 'HKCU\\Environment' },
  {
    name: 'a variable of the machine on Windows',
    machine: ignored,
    place: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment',
  },
  {
    name: 'a variable of the user on Windows that a profile sets as well',
    user: ignored,
    files: { 'Documents/WindowsPowerShell/profile.ps1': `$env:ANTHROPIC_BASE_URL = '${used}'\n` },
    place: 'HKCU\\Environment',
  },
  {
    name: 'a profile of PowerShell, which several of its windows read',
    files: { 'Documents/PowerShell/profile.ps1': `$env:ANTHROPIC_BASE_URL = '${ignored}'\n` },
    place: 'Documents/PowerShell/profile.ps1',
  },
  ...['bash', 'dash', 'zsh'].map((shell) => ({
    name: `a profile that bash and sh read, where the shell is ${shell}`,
    shell: `/bin/${shell}`,
    files: { '.profile': `export ANTHROPIC_BASE_URL=${ignored}\n` },
    place: '.profile',
  })),
  {
    name: 'a profile that every zsh reads',
    shell: '/bin/zsh',
    files: { '.zshenv': `export ANTHROPIC_BASE_URL=${ignored}\n` },
    place: '.zshenv',
  },
  {
    name: 'a variable that fish keeps by itself',
    shell: '/usr/bin/fish',
    files: { '.config/fish/fish_variables': `SETUVAR --export ANTHROPIC_BASE_URL:${ignored}\n` },
    place: '.config/fish/fish_variables',
  },
]

function machineOf({ shell, files = {}, user, machine }: Row): Host {
  const home = mkdtempSync(join(tmpdir(), 'qcode-ignored-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  // By which the client is known to be here.
  mkdirSync(join(home, '.claude'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  if (shell !== undefined)
    return createTestHost(home, { env: { HOME: home, PATH: '', SHELL: shell, ANTHROPIC_BASE_URL: used } })
  const windows = createWindowsMachine(home, user === undefined ? {} : { ANTHROPIC_BASE_URL: { sz: user } })
  if (machine !== undefined) windows.machine.ANTHROPIC_BASE_URL = { sz: machine }
  return { ...windows.host, env: { ...windows.host.env, ANTHROPIC_BASE_URL: used } }
}

describe('doctor, of a value that is not in effect', () => {
  it.each(rows)('says once where it stands: $name', async (row) => {
    const host = machineOf(row)
    const { text } = await runInProcess('doctor --no-check', host)
    const { data, report } = JSON.parse(text) as { data: { tools: ToolData[] }; report: string }
    const tools = data.tools.filter(({ baseUrl }) => baseUrl?.value === used)
    expect(tools.length).toBeGreaterThan(0)
    for (const { overridden } of tools)
      expect(
        overridden.map(({ value, source: { file } }) => [value, file?.replace(`${host.home}/`, '')]),
      ).toEqual([[ignored, row.place]])
    expect(report.match(/Ignored/g)).toHaveLength(tools.length)
  })
})
