import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { examine, makeSituation, type Situation } from '../doctor/doctor-home.ts'
import { codexHome } from './client-homes.ts'
import { codexVersion } from './foreign-key-table.ts'

// Where the temporary folder is private, nobody comes as far as a home in it.
const inOpenFolder = it.skipIf(!everyoneCanReach(join(tmpdir(), 'home')))

const open = { '': 0o755, '.codex': 0o755 }
const codex = (version: string, more: Partial<Situation> = {}, lines = ''): Situation => ({
  ...codexHome(lines),
  programs: codexVersion(version),
  modes: open,
  ...more,
})
const snapshots = (text: string) => codex('0.171.0', {}, `features = { shell_snapshot = ${text} }\n`)
const keyCommand =
  'model_provider = "q"\n\n[model_providers.q]\nbase_url = "https://api.qcode.cc/openai"\n\n[model_providers.q.auth]\ncommand = "key"\n'

inOpenFolder.each<[string, Situation]>([
  ['is open to everyone', codex('0.171.0')],
  ['is open to who knows its name', codex('0.120.0', { modes: { '': 0o711, '.codex': 0o711 } })],
  ['is open, of a version that is not known', codex('0.171.0', { programs: {} })],
  ['is open, with snapshots asked for', snapshots('true')],
])(
  'that Codex copies the key is told where its folder %s, and not after its remedy',
  async (_, situation) => {
    const host = makeSituation(situation)
    const [found, ...others] = await copied(host)
    expect(found).toMatchObject({ level: 'warning', tool: 'codex' })
    expect(others).toEqual([])
    await execa('sh', ['-c', String(found?.hint)])
    expect(await copied(host)).toEqual([])
  },
)

inOpenFolder.each<[string, Situation]>([
  ['is private', codex('0.171.0', { modes: { ...open, '.codex': 0o700 } })],
  ['is in a private home', codex('0.171.0', { modes: { ...open, '': 0o700 } })],
  ['is of a version without snapshots', codex('0.80.0')],
  ['has them switched off', snapshots('false')],
  ['is on Windows', codex('0.171.0', { platform: 'win32' })],
  ['has a command for its key', { files: { '.codex/config.toml': keyCommand }, modes: open }],
])('that Codex copies the key is not told where its folder %s', async (_, situation) => {
  expect(await copied(makeSituation(situation))).toEqual([])
})

async function copied(host: Host) {
  const { findings } = await examine(host)
  return findings.filter(({ id }) => id === 'codex-key-copied')
}
