import { join } from 'node:path'
import { execa, execaSync } from 'execa'
import { ensureDir, outputFile } from 'fs-extra/esm'
import { expect, test } from 'vitest'
import { readTree, usersPart } from '../support/home-tree.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned, pins } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, openGateway, type Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { setUp } from './set-up.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

/** In front of a command: it sees copies of /etc and /var/lib in a folder, and so does what it starts. */
const inSystem = (folder: string) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount --bind "$0/etc" /etc && mount --bind "$0/lib" /var/lib && exec "$@"',
  folder,
]

const [command, ...args] = ['unshare', '--mount', 'true'] as const
const isPossible = execaSync(command, args, { reject: false }).exitCode === 0

/** A computer whose system folders are this test's own. */
async function makeSystem(place: Place): Promise<string> {
  const folder = join(place.home, 'system')
  await ensureDir(join(folder, 'lib'))
  // Files that only the real root may read are left out.
  await execa('cp', ['-a', '/etc', folder], { reject: false })
  return folder
}

/** The output of a command on that computer. Throws with it where a command fails that is not only asked. */
async function run(args: readonly string[], system: string, place: Place): Promise<string> {
  const [first = '', ...rest] = [...inSystem(system), process.execPath, program, ...args]
  const env = cleanEnvironment(place.home, [])
  const reject = !args.includes('--json')
  return (await execa(first, rest, { cwd: place.home, env, extendEnv: false, reject })).stdout
}

function wrapped(runner: ClientRunner, system: string): ClientRunner {
  const [first = '', ...rest] = inSystem(system)
  return { ...runner, command: first, args: [...rest, runner.command, ...runner.args] }
}

const files: Readonly<Record<string, string>> = {
  'claude-code': 'etc/claude-code/managed-settings.json',
  codex: 'etc/codex/managed_config.toml',
}

const why = isPossible ? '' : ' (skipped: no private mounts here)'

test.skipIf(!isPossible).each([...pins('claude-code').map(clientRunner), ...pins('codex').map(clientRunner)])(
  `given settings for the whole computer, $id sends the key of its user there${why}`,
  async (client) => {
    const place = await makePlace()
    const other = await openGateway(place.key)
    const system = await makeSystem(place)
    const runner = wrapped(client, system)
    // The user's own settings lead to the one gateway, the administrator's to the other.
    await setUp([client], place, [], ['--gateway', other.origin])
    expect(await takeTurn(runner, { ...place, standIn: other })).toMatchObject(goodTurn(client))
    const untouched = usersPart(readTree(join(system, 'etc')))
    const given = ['--scope', 'managed', '--tool', client.tool, '--gateway', place.standIn.origin]
    await run(['setup', ...given, '--yes', '--no-check'], system, place)
    const before = other.requests.length
    expect(await takeTurn(runner, place)).toMatchObject(goodTurn(client))
    expect(other.requests).toHaveLength(before)
    const doctor = JSON.parse(await run(['doctor', '--no-check', '--json'], system, place))
    const where = expect.objectContaining({ file: `/${files[client.tool]}` })
    const beneath = expect.stringContaining(other.origin)
    expect(doctor.findings).toContainEqual(
      expect.objectContaining({ id: 'base-url-managed', tool: client.tool, where, message: beneath }),
    )
    expect(doctor.findings).toContainEqual(
      expect.objectContaining({
        level: 'ok',
        where,
        message: expect.stringContaining('set by your administrator'),
      }),
    )
    for (const back of ['undo', 'remove']) {
      if (back === 'remove') await run(['setup', ...given, '--yes', '--no-check'], system, place)
      await run([back, '--scope', 'managed', '--yes'], system, place)
      expect(usersPart(readTree(join(system, 'etc'))), back).toEqual(untouched)
    }
    expect(await takeTurn(runner, { ...place, standIn: other })).toMatchObject(goodTurn(client))
  },
)

/** Where an administrator leads a client elsewhere, which nobody sets up by this program. */
const led: readonly (readonly [id: string, file: string, content: (origin: string) => string])[] = [
  [pinned('opencode'), 'etc/opencode/opencode.json', provider],
  [pinned('kilo'), 'etc/kilo/opencode.jsonc', provider],
  [
    pinned('codex'),
    'etc/codex/requirements.toml',
    (origin) =>
      `model_provider = "other"\n[model_providers.other]\nname = "o"\nbase_url = "${origin}/openai"\nwire_api = "responses"\nenv_key = "QCODE_API_KEY"\n`,
  ],
  [
    pinned('qwen-code'),
    'etc/qwen-code/settings.json',
    () => '{ "model": { "generationConfig": { "customHeaders": { "x-api-key": "sk-foreign-0000" } } } }',
  ],
]

function provider(origin: string) {
  return JSON.stringify({ provider: { anthropic: { options: { baseURL: `${origin}/api/v1` } } } })
}

test.skipIf(!isPossible).each(led)(
  `%s led elsewhere by %s is not set up, and check says so: it would go there or send another key${why}`,
  async (id, file, content) => {
    const place = await makePlace()
    const other = await openGateway(`cr_${'5'.repeat(64)}`)
    const system = await makeSystem(place)
    const client = clientRunner(id)
    const gateway = ['--gateway', place.standIn.origin]
    await setUp([client], place, [], gateway)
    await outputFile(join(system, file), content(other.origin))
    const turn = await takeTurn(wrapped(client, system), place)
    expect(turn).not.toMatchObject(goodTurn(client))
    const findings = JSON.parse(await run(['doctor', '--no-check', '--json'], system, place)).findings
    const where = expect.objectContaining({ file: `/${file}` })
    expect(findings).toContainEqual(expect.objectContaining({ level: 'error', tool: client.tool, where }))
    const key = join(place.home, 'key.txt')
    await outputFile(key, place.key, { mode: 0o600 })
    const before = usersPart(readTree(place.home))
    const given = [...gateway, '--key-file', key]
    for (const args of [
      ['setup', '--tool', client.tool, ...given, '--yes', '--no-check'],
      ['check', '--tools'],
    ])
      await expect(run(args, system, place), args[0]).rejects.toMatchObject({ exitCode: 3 })
    expect(usersPart(readTree(place.home))).toEqual(before)
  },
)
