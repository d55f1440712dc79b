import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type FormatId, loadFormats } from '../../src/documents/formats.ts'
import type { Finding } from '../../src/finding.ts'
import type { Host } from '../../src/host/host.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { createTestHost } from '../support/test-host.ts'
import { examine, makeSituation } from '../unit/doctor/doctor-home.ts'
import { trapTable } from '../unit/doctor/trap-table.ts'

const formats = await loadFormats(['json', 'toml', 'yaml'])
const formatOf = (file: string): FormatId =>
  file.endsWith('.toml') ? 'toml' : file.endsWith('.json') ? 'json' : 'yaml'

/** Each way out that a remedy names, as what a user would do on this host; gives the host as it is then. */
const actions: readonly (readonly [RegExp, (found: RegExpExecArray, host: Host) => Promise<Host> | Host])[] =
  [
    [
      /Take ([\w.-]+) out of (\/\S+?):\d+/i,
      ([, name = '', file = ''], host) => {
        const format = formats.get(formatOf(file))
        const document = format?.open(readFileSync(file, 'utf8'), file)
        expect(document?.get(name.split('.')), name).toBeDefined()
        document?.unset(name.split('.'))
        writeFileSync(file, document?.toText() ?? '')
        return host
      },
    ],
    [
      /take ([\w-]+) out of (~\/\S+?),/,
      ([, name = '', file = ''], host) => {
        const path = file.replace('~', host.home)
        const document = formats.get(formatOf(path))?.open(readFileSync(path, 'utf8'), path)
        document?.unset([name])
        writeFileSync(path, document?.toText() ?? '')
        return host
      },
    ],
    [
      /Take line (\d+) out of (\/[^\s,]+)/,
      ([, line = '', file = ''], host) => {
        const lines = readFileSync(file, 'utf8').split('\n')
        writeFileSync(file, lines.filter((_, index) => index + 1 !== Number(line)).join('\n'))
        return host
      },
    ],
    [
      /unset (\w+)/,
      ([, name = ''], host) => {
        const { [name]: _, ...env } = host.env
        return { ...host, env }
      },
    ],
    [
      /^sed .*/,
      ([command], host) => {
        execFileSync('sh', ['-c', command])
        return host
      },
    ],
    [
      /qcode-setup (--tool [\w-]+(?: --(?:key-store|on-conflict) \w+)?)/,
      async ([, flags = ''], host) => {
        const keyed = flags.includes('key-store') ? '' : ' --key-file -'
        if (keyed === '') await (await host.keychain()).set('default', `cr_${'7'.repeat(64)}`)
        const ended = await runInProcess(`setup ${flags}${keyed} --yes --no-check`, host)
        expect(ended.exit, ended.text).toBe(0)
        return host
      },
    ],
  ]

async function apply(hint: string, host: Host): Promise<{ host: Host; done: number }> {
  let now = host
  let done = 0
  for (const [pattern, act] of actions) {
    const found = pattern.exec(hint)
    if (!found) continue
    now = await act(found, now)
    done++
  }
  return { host: now, done }
}

/** What only a person can do: none of these names a command that would have to help. */
const forPeople = [
  'codex-forced-login',
  'claude-code-forced-login',
  'codex-profile-tables',
  'codex-managed-config',
  'codex-project-model',
  'cline-base-urls-disagree',
  'aider-list-beside-env-file',
  'editor-without-variables',
]

const findings = async (host: Host, id: string): Promise<Finding[]> =>
  (await examine(host)).findings.filter((finding) => finding.id === id)

describe('a remedy that doctor prints mends what it is printed for', () => {
  const rows = trapTable
    .map((row, index) => [row.id, index + 1, row] as const)
    .filter(([id]) => !forPeople.includes(id))
  it.each(rows)('%s, situation %i: each way out ends the finding', async (id, _, row) => {
    const [printed] = await findings(makeSituation(row), id)
    expect(printed?.hint).toBeDefined()
    for (let way = 0; way < (printed?.hint?.split(', or ').length ?? 0); way++) {
      const host = makeSituation(row)
      const [finding] = await findings(host, id)
      const { host: after, done } = await apply(finding?.hint?.split(', or ')[way] ?? '', host)
      if (done === 0 && way > 0) continue
      if (done === 0 && (finding?.hint?.split(', or ').length ?? 0) > 1) continue
      expect(done, finding?.hint).toBeGreaterThan(0)
      expect(await findings(createTestHost(after.home, after), id), finding?.hint).toEqual([])
    }
  })
})
