import { describe, expect, it } from 'vitest'
import { refuseRunningPrograms } from '../../../src/checks/running-clients.ts'
import type { Host } from '../../../src/host/host.ts'
import type { ToolChoice } from '../../../src/request/request.ts'

const choice = {
  tool: { id: 'some-tool', title: 'Some Tool' },
  variant: { mustNotRun: ['Editor.exe', 'editor'] },
} as unknown as ToolChoice

const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('latin1')
const asList = (...names: string[]) => names.map((name) => `"${name}","8","Console","1","9 K"\r\n`).join('')

async function look(platform: Host['platform'], stdout: string, exit: number | null = 0): Promise<string> {
  const host = { platform, run: async () => ({ exit, stdout, stderr: '' }) } as unknown as Host
  try {
    const found = await refuseRunningPrograms([choice], host)
    return found.map(({ id, tool }) => `${id} of ${tool}`).join() || 'written'
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

describe('files of a program that must not run', () => {
  it.each([
    ['tasklist names it', 'win32', asList('System', 'Editor.exe'), 0, 'program-running'],
    ['tasklist names it in UTF-16', 'win32', utf16(asList('Editor.exe')), 0, 'program-running'],
    ['tasklist names others', 'win32', asList('System', 'tasklist.exe'), 0, 'written'],
    ['tasklist says nothing', 'win32', '', 0, 'programs-unknown of some-tool'],
    [
      'tasklist writes no list',
      'win32',
      'INFO: No tasks are running.\r\n',
      0,
      'programs-unknown of some-tool',
    ],
    ['tasklist is denied', 'win32', 'ERROR: Access denied', 1, 'programs-unknown of some-tool'],
    ['there is no tasklist', 'win32', '', null, 'programs-unknown of some-tool'],
    [
      'ps names it',
      'darwin',
      '/sbin/launchd\n/Applications/Editor.app/Contents/editor\n',
      0,
      'program-running',
    ],
    ['ps names others', 'linux', 'systemd\nps\n', 0, 'written'],
    ['there is no ps', 'linux', '', null, 'programs-unknown of some-tool'],
  ] as const)('where %s', async (_, platform, stdout, exit, outcome) => {
    expect(await look(platform, stdout, exit)).toBe(outcome)
  })

  it('are not asked about where no tool has such a program', async () => {
    const free = { ...choice, variant: { mustNotRun: [] } } as unknown as ToolChoice
    const host = { run: () => Promise.reject(new Error('asked')) } as unknown as Host
    expect(await refuseRunningPrograms([free], host)).toEqual([])
  })
})
