import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type StandIn, startStandIn } from '../../src/gateway/stand-in.ts'
import { readTree, usersPart } from '../support/home-tree.ts'
import { projectFolder, testCatalog } from '../support/test-catalog.ts'
import { type Fleet, type FleetHost, startFleet, user, userId } from './fleet-hosts.ts'
import { changedOn, describeByAnsible, type Played, prepareController, runPlaybook } from './run-playbook.ts'

const lacks = process.env.QCODE_FLEET_LACKS ?? 'npm run test:fleet'
if (lacks) console.warn(`The fleet lane is skipped. It needs: ${lacks}.`)

const key = `cr_${'0123456789abcdef'.repeat(4)}`
const newKey = `cr_${'fedcba9876543210'.repeat(4)}`
const wrongKey = `cr_${'00112233445566ff'.repeat(4)}`
const port = 8080

if (lacks) it(`a fleet cannot be had here: it needs ${lacks}`, ({ skip }) => skip())
else describe('given eight computers, each of which goes on from the test before', givenEightComputers)

function givenEightComputers(): void {
  let fleet: Fleet
  let gateways: readonly StandIn[] = []
  let front: Server
  /** The gateway knows this key and no other one. */
  let known = key
  const sockets = new Set<Socket>()
  /** All that ansible said, and what was started. */
  const said: string[] = []

  beforeAll(async () => {
    fleet = await startFleet(8)
    await prepareController(fleet)
    gateways = [await startStandIn(testCatalog.gateway, key), await startStandIn(testCatalog.gateway, newKey)]
    front = createServer((near) => {
      const far = connect(Number(new URL(gateways[known === key ? 0 : 1]?.origin ?? '').port), '127.0.0.1')
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.on('error', () => near.destroy())
      }
      near.on('close', () => far.destroy())
      near.pipe(far).pipe(near)
    })
    await new Promise<void>((resolve) => front.listen(port, fleet.controller, resolve))
  }, 120_000)

  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    front?.close()
    await Promise.all(gateways.map((gateway) => gateway.close()))
    fleet?.close()
  })

  const names = () => fleet.hosts.map(({ name }) => name)
  const hostAt = (index: number) => fleet.hosts[index] as FleetHost
  const settings = ({ home }: FleetHost) => join(home, '.claude/settings.json')
  /** The user's home without what ansible needs there, and without times. */
  const homeOf = ({ home }: FleetHost) =>
    Object.fromEntries(
      Object.entries(usersPart(readTree(home))).filter(([path]) => !path.startsWith('.ansible')),
    )
  const homes = () => fleet.hosts.map(homeOf)

  async function play(
    vars: Readonly<Record<string, unknown>> = {},
    flags: readonly string[] = [],
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<Played> {
    const all = {
      qcode_setup_gateway: `http://${fleet.controller}:${port}`,
      qcode_setup_allow_gateway: true,
      qcode_setup_allow_http: true,
      qcode_setup_tools: ['claude-code', 'codex'],
      qcode_setup_users: [{ name: user, key }],
      ...vars,
    }
    const played = await runPlaybook('role', fleet, { vars: all, flags: ['-vvv', ...flags], play: fields })
    said.push(played.said)
    return played
  }

  it('when they are set up, then all change, and each key is in files of its user alone', async () => {
    const played = await play()
    expect(played, played.said).toMatchObject({ exit: 0 })
    expect(changedOn(played)).toEqual(names())
    for (const host of fleet.hosts) {
      const { '.claude/settings.json': written } = homeOf(host)
      expect(written).toMatchObject({ mode: 0o600, bytes: expect.stringContaining(key) })
      expect(written?.bytes).toContain(`http://${fleet.controller}:${port}/api`)
      expect(statSync(settings(host)).uid).toBe(userId)
    }
  })

  it('when they are set up again, then none changes', async () => {
    const before = homes()
    const played = await play()
    expect(played).toMatchObject({ exit: 0 })
    expect(changedOn(played)).toEqual([])
    expect(homes()).toEqual(before)
  })

  it('when two were changed by their users, then a check finds these two and writes nothing, and a run mends them', async () => {
    const drifted = [hostAt(2), hostAt(4)]
    for (const host of drifted) {
      const text = readFileSync(settings(host), 'utf8')
      writeFileSync(settings(host), text.replace('/api"', '/wrong"'))
    }
    const before = homes()
    const check = await play({}, ['--check', '--diff'])
    expect(check, check.said).toMatchObject({ exit: 0 })
    expect(changedOn(check)).toEqual(drifted.map(({ name }) => name))
    expect(check.said).toContain('env.ANTHROPIC_BASE_URL')
    expect(homes()).toEqual(before)
    const stopped = await play()
    for (const { name } of drifted) expect(stopped.recap[name], name).toMatchObject({ failed: 1, changed: 0 })
    expect(homes()).toEqual(before)
    const mended = await play({ qcode_setup_on_conflict: 'overwrite' })
    expect(mended, mended.said).toMatchObject({ exit: 0 })
    expect(changedOn(mended)).toEqual(drifted.map(({ name }) => name))
    expect(changedOn(await play({}, ['--check']))).toEqual([])
  })

  it('when the key is wrong, then every computer stops before it writes', async () => {
    const before = homes()
    const played = await play({ qcode_setup_users: [{ name: user, key: wrongKey }] })
    expect(played.exit).not.toBe(0)
    for (const name of names()) expect(played.recap[name], name).toMatchObject({ failed: 1, changed: 0 })
    // 4 is the gateway's refusal.
    expect(new Set(played.said.match(/"exit_code": \d+/g))).toEqual(new Set(['"exit_code": 4']))
    expect(homes()).toEqual(before)
  })

  it('when the key is rotated and one computer is down, then the others have the new one, and it follows when it is back', async () => {
    known = newKey
    const rotated = { qcode_setup_users: [{ name: user, key: newKey }] }
    const before = homes()
    const check = await play(rotated, ['--check', '--diff'])
    expect(changedOn(check)).toEqual(names())
    // The diff has the key's setting, with its ends alone: the last test looks for the whole.
    expect(check.said).toMatch(/env\.ANTHROPIC_AUTH_TOKEN: cr_\S*3210/)
    expect(homes()).toEqual(before)
    const down = hostAt(6)
    await fleet.unplug(down)
    const played = await play(rotated)
    expect(played.recap[down.name]).toMatchObject({ unreachable: 1, changed: 0 })
    expect(changedOn(played)).toEqual(names().filter((name) => name !== down.name))
    expect(readFileSync(settings(down), 'utf8')).toContain(key)
    await fleet.plugIn(down)
    const later = await play(rotated)
    expect(later, later.said).toMatchObject({ exit: 0 })
    expect(changedOn(later)).toEqual([down.name])
    for (const host of fleet.hosts) {
      expect(JSON.stringify(homeOf(host))).not.toContain(key)
      expect(readFileSync(settings(host), 'utf8')).toContain(newKey)
    }
  })

  it.each([
    ['serial', { serial: 2 }, {}, 2],
    ['throttle', {}, { qcode_setup_throttle: 1 }, 1],
  ])('when %s is given, then no more computers than that change at once', async (_, fields, vars, most) => {
    const from = readFileSync(fleet.starts, 'utf8').length
    const users = [{ name: user, key: newKey, tools: ['claude-code'] }]
    const played = await play({ qcode_setup_users: users, ...vars }, [], fields)
    expect(played, played.said).toMatchObject({ exit: 0 })
    let now = 0
    let together = 0
    const lines = readFileSync(fleet.starts, 'utf8').slice(from).trim().split('\n')
    for (const line of lines) {
      now += line.startsWith('begin') ? 1 : -1
      together = Math.max(together, now)
    }
    expect(lines).toHaveLength(16)
    expect(together).toBeLessThanOrEqual(most)
  })

  it('when a report is asked for, then one table has every computer, and no key, path or name of a user', async () => {
    const down = hostAt(0)
    await fleet.unplug(down)
    const file = join(fleet.folder, 'fleet.csv')
    const vars = {
      qcode_setup_report_salt: 'ours',
      qcode_setup_report_file: file,
      qcode_setup_report_user: user,
    }
    const report = join(projectFolder, 'ansible/playbooks/report.yml')
    const played = await runPlaybook(report, fleet, { vars })
    said.push(played.said)
    await fleet.plugIn(down)
    const rows = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    expect(rows[0]).toContain('effect')
    expect(new Set(rows.slice(1).map(([name]) => name))).toEqual(new Set(names()))
    expect(rows.find(([name]) => name === down.name)).toContain('unreachable')
    expect(new Set(rows.slice(1).map(([, id]) => id)).size).toBe(8)
    for (const name of names().filter((name) => name !== down.name)) {
      const claude = rows.find(([one, , , tool]) => one === name && tool === 'claude-code') ?? []
      expect(claude[5], name).toBe('gateway')
      expect(claude[7]?.endsWith(newKey.slice(-4)), name).toBe(true)
    }
    expect(played.exit).toBe(0)
    expect(changedOn(played).filter((name) => name !== 'localhost')).toEqual([])
    for (const hidden of [key, newKey, user, fleet.folder])
      expect(readFileSync(file, 'utf8')).not.toContain(hidden)
  })

  it('when the whole computers are set up, then their system folders have the base URL and no key, and give all back', async () => {
    const etcOf = ({ etc }: FleetHost) => usersPart(readTree(etc))
    const before = fleet.hosts.map(etcOf)
    const managed = { qcode_setup_users: [], qcode_setup_managed_tools: ['claude-code', 'codex'] }
    const played = await play(managed)
    expect(played, played.said).toMatchObject({ exit: 0 })
    expect(changedOn(played)).toEqual(names())
    for (const host of fleet.hosts) {
      const written = etcOf(host)['claude-code/managed-settings.json']
      expect(written).toMatchObject({ mode: 0o644, bytes: expect.stringContaining(fleet.controller) })
      expect(readTree(host.lib)).toHaveProperty(['qcode-setup/ledger.json'])
    }
    expect(changedOn(await play(managed))).toEqual([])
    const gone = await play({
      ...managed,
      qcode_setup_managed_tools: [],
      qcode_setup_managed_state: 'absent',
    })
    expect(gone, gone.said).toMatchObject({ exit: 0 })
    expect(fleet.hosts.map(etcOf)).toEqual(before)
  })

  it.each<[what: string, vars: Readonly<Record<string, unknown>>, near: string]>([
    ['a tool that there is not', { qcode_setup_tools: ['codx'] }, 'Did you mean codex?'],
    [
      'a setting that there is not',
      { qcode_setup_tools: [{ id: 'codex', modle: 'm' }] },
      'Did you mean model?',
    ],
    ['a value of a wrong type', { qcode_setup_tools: [{ id: 'codex', model: ['m'] }] }, 'model'],
    [
      'a folder outside of the home',
      { qcode_setup_tools: [{ id: 'codex', folders: { CODEX_HOME: '/etc' } }] },
      '/etc',
    ],
    ['a key in place of a reference', { qcode_setup_users: [{ name: user, key_from: key }] }, 'key'],
    ['an empty reference', { qcode_setup_users: [{ name: user, key_from: 'env:' }] }, 'env:'],
    [
      'a reference to a file that is not there',
      { qcode_setup_users: [{ name: user, key_from: 'file:~/none' }] },
      'none',
    ],
    ['a region that there is not', { qcode_setup_tools: [{ id: 'codex', region: 'mars' }] }, 'mars'],
  ])(
    'when the task names %s, then no computer changes and each says what is wrong',
    async (_, vars, near) => {
      const before = homes()
      const played = await play({ qcode_setup_users: [{ name: user }], ...vars })
      for (const name of names()) expect(played.recap[name], name).toMatchObject({ failed: 1, changed: 0 })
      expect(played.said).toContain(near)
      // 2 is bad input.
      expect(new Set(played.said.match(/"exit_code": \d+/g))).toEqual(new Set(['"exit_code": 2']))
      expect(homes()).toEqual(before)
    },
  )

  it('when users are taken out, then their homes are as they were, with the values that two had written', async () => {
    const played = await play({ qcode_setup_users: [{ name: user, state: 'absent', tools: [] }] })
    expect(played, played.said).toMatchObject({ exit: 0 })
    expect(changedOn(played)).toEqual(names())
    for (const [index, host] of fleet.hosts.entries()) {
      const own = { '.claude/settings.json': { bytes: expect.stringContaining('/wrong') } }
      if (index === 2 || index === 4) expect(homeOf(host)).toMatchObject(own)
      else expect(homeOf(host)).toEqual({})
      expect(JSON.stringify(homeOf(host))).not.toMatch(/cr_|qcode/)
    }
  })

  it('then ansible-doc shows every argument of the module and of the role', async () => {
    const module = await describeByAnsible('module', 'qcode_setup', fleet)
    expect(Object.keys(module.doc.options)).toEqual(
      expect.arrayContaining(['state', 'tools', 'key', 'scope']),
    )
    expect(module).toMatchObject({ examples: expect.stringContaining('key_from'), return: { edits: {} } })
    const role = await describeByAnsible('role', 'qcode_setup', fleet)
    const defaults = parse(
      readFileSync(join(projectFolder, 'ansible/roles/qcode_setup/defaults/main.yml'), 'utf8'),
    )
    expect(Object.keys(role.entry_points.main.options)).toEqual(expect.arrayContaining(Object.keys(defaults)))
  })

  it('then no key was in anything that was said with -vvv, nor in an argument of a program', () => {
    const all = [...said, readFileSync(fleet.starts, 'utf8')].join('\n')
    for (const secret of [key, newKey, wrongKey]) expect(all.includes(secret)).toBe(false)
  })
}
