import { chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { examine, makeSituation, type Situation } from '../doctor/doctor-home.ts'
import { codexHome } from './client-homes.ts'
import { codexVersion } from './foreign-key-table.ts'

const installed = (version: string, lines = ''): Situation => ({
  ...codexHome(lines),
  programs: codexVersion(version),
})
const command = '[model_providers.qcode.auth]\ncommand = "qcode-setup"\nargs = ["key", "get"]\n\n'
const noSnapshots = (text: string) => `features = { shell_snapshot = ${text} }\n`

/** What Codex copies its environment into is below its folder. Where the temporary folder is private, nobody comes as far as that. */
it
  .skipIf(!everyoneCanReach(join(tmpdir(), 'home')))
  .each<{ home: number; folder: number; situation: Situation; isOpen: boolean; title: string }>([
    { title: 'to everyone', home: 0o755, folder: 0o755, situation: installed('0.171.0'), isOpen: true },
    {
      title: 'to who knows its name',
      home: 0o711,
      folder: 0o711,
      situation: installed('0.120.0'),
      isOpen: true,
    },
    { title: 'by its version unknown', home: 0o755, folder: 0o755, situation: codexHome(''), isOpen: true },
    {
      title: 'with snapshots asked for',
      home: 0o755,
      folder: 0o755,
      situation: installed('0.171.0', noSnapshots('true')),
      isOpen: true,
    },
    { title: 'private', home: 0o755, folder: 0o700, situation: installed('0.171.0'), isOpen: false },
    {
      title: 'in a private home',
      home: 0o700,
      folder: 0o755,
      situation: installed('0.171.0'),
      isOpen: false,
    },
    {
      title: 'to others, long ago',
      home: 0o755,
      folder: 0o755,
      situation: installed('0.80.0'),
      isOpen: false,
    },
    {
      title: 'without snapshots',
      home: 0o755,
      folder: 0o755,
      situation: installed('0.171.0', noSnapshots('false')),
      isOpen: false,
    },
    {
      title: 'on Windows',
      home: 0o755,
      folder: 0o755,
      situation: { ...installed('0.171.0'), platform: 'win32' },
      isOpen: false,
    },
  ])(
  'a folder that is open $title, in which a client keeps copies of its key, is told: $isOpen',
  async (row) => {
    const host = makeSituation(row.situation)
    chmodSync(host.home, row.home)
    chmodSync(join(host.home, '.codex'), row.folder)
    const found = await copied(host)
    expect(found.length > 0).toBe(row.isOpen)
    const [finding] = found
    if (!finding) return
    expect(finding).toMatchObject({ level: 'warning', tool: 'codex' })
    await execa('sh', ['-c', String(finding.hint)])
    expect(await copied(host)).toEqual([])
  },
)

it('a key that is not in the environment is not copied', async () => {
  const host = makeSituation({
    files: {
      '.codex/config.toml': `model_provider = "qcode"\n\n[model_providers.qcode]\nname = "Q"\nbase_url = "https://api.qcode.cc/openai"\nwire_api = "responses"\n\n${command}`,
    },
  })
  chmodSync(host.home, 0o755)
  chmodSync(join(host.home, '.codex'), 0o755)
  expect(await copied(host)).toEqual([])
})

async function copied(host: ReturnType<typeof makeSituation>) {
  const { findings } = await examine(host)
  return findings.filter(({ id }) => id === 'codex-key-copied')
}
