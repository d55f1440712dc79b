// Measures what the Ansible collection costs for 1 to 64 computers and prints it to docs/benchmarks.md, between its markers. They
// are homes on this machine, reached by local connections, so that no network is measured; what Ansible costs itself is the
// same play with a command that does nothing. Needs ansible-core: apt install ansible-core.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 2, 4, 8, 16, 32, 64]
/** Below it, the start of Ansible itself is most of the time. */
const flatFrom = 8
const root = fileURLToPath(new URL('..', import.meta.url))
const document = join(root, 'docs/benchmarks.md')
const [start, end] = ['<!-- fleet -->', '<!-- /fleet -->']
const place = mkdtempSync(join(tmpdir(), 'qcode-bench-fleet-'))

try {
  prepare()
  const rows = counts.map((count) => ({ count, ...measureAll(count) }))
  writeTable(rows)
} finally {
  rmSync(place, { recursive: true, force: true })
}

function prepare() {
  const collections = join(place, 'collections/ansible_collections/qcode')
  mkdirSync(collections, { recursive: true })
  symlinkSync(join(root, 'ansible'), join(collections, 'setup'))
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin/qcode-setup.js')}' "$@"\n`
  writeFileSync(join(place, 'qcode-setup'), program, { mode: 0o755 })
  const setUp = {
    tools: ['claude-code', 'codex'],
    region: 'eu',
    key_from: 'env:QCODE_API_KEY',
    check_gateway: false,
    executable: join(place, 'qcode-setup'),
  }
  writePlay('nothing', { 'ansible.builtin.command': { cmd: '/bin/true' } })
  writePlay('set-up', { 'qcode.setup.qcode_setup': setUp })
}

function writePlay(name, task) {
  const environment = { HOME: '{{ own_home }}', QCODE_API_KEY: `cr_${'0'.repeat(64)}` }
  writeFileSync(
    join(place, `${name}.json`),
    JSON.stringify([{ hosts: 'all', gather_facts: false, environment, tasks: [task] }]),
  )
}

/** Processor time of each play on so many new homes, in seconds; the set-up first on new ones, then with nothing to do. */
function measureAll(count) {
  const names = Array.from({ length: count }, (_, index) => `host${index + 1}`)
  const homes = mkdtempSync(join(place, 'homes-'))
  const hosts = Object.fromEntries(names.map((name) => [name, { own_home: join(homes, name) }]))
  for (const { own_home } of Object.values(hosts)) mkdirSync(own_home)
  const vars = {
    ansible_connection: 'local',
    ansible_python_interpreter: '/usr/bin/python3',
    ansible_remote_tmp: '{{ own_home }}/.ansible/tmp',
  }
  const inventory = join(homes, 'inventory.json')
  writeFileSync(inventory, JSON.stringify({ all: { vars, hosts } }))
  const changed = (said) => [...said.matchAll(/changed=(\d+)/g)].filter(([, times]) => times !== '0').length
  const nothing = play('nothing', inventory)
  const first = play('set-up', inventory)
  const again = play('set-up', inventory)
  if (changed(first.said) !== count || changed(again.said) !== 0)
    throw new Error(`${count} hosts were not set up once:\n${first.said}\n${again.said}`)
  return { nothing, first, again }
}

/** How long a play takes, by the clock and by the processor, as the shell's `time` tells it. */
function play(name, inventory) {
  const env = {
    HOME: place,
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    ANSIBLE_COLLECTIONS_PATH: join(place, 'collections'),
    ANSIBLE_FORKS: '2',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_PIPELINING: '1',
  }
  const line = 'exec 3>&2; TIMEFORMAT="%R %U %S"; { time "$@" 2>&3; } 2>time.txt'
  const words = ['-c', line, 'bash', 'ansible-playbook', '-i', inventory, join(place, `${name}.json`)]
  const { status, stdout, stderr } = spawnSync('bash', words, { cwd: place, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The play ended with ${status}: ${stdout}${stderr}`)
  const [clock, user, system] = readFileSync(join(place, 'time.txt'), 'utf8').split(' ').map(Number)
  return { clock, cpu: user + system, said: stdout }
}

function writeTable(rows) {
  const perHost =
    (play) =>
    ({ count, ...row }) =>
      `${(row[play].cpu / count).toFixed(2)} s`
  const columns = ['nothing', 'first', 'again'].map(perHost)
  const lines = rows.map((row) => {
    const cells = [row.count, ...columns.map((cell) => cell(row)), `${row.first.clock.toFixed(1)} s`]
    return `| ${cells.join(' | ')} |`
  })
  const exponents = ['nothing', 'first', 'again'].map((play) => exponentOf(rows, play).toFixed(2))
  const said = [
    `What the collection costs a computer, in processor time, of Ansible and of all that it starts: Node ${process.versions.node}, ${availableParallelism()} cores that`,
    'others share. The computers are homes on one machine (`ansible_connection=local`, two forks). `node scripts/bench-fleet.mjs` measures it.',
    `The exponent is that of the whole time from ${flatFrom} computers to ${counts.at(-1)}; below, the start of Ansible is most of it. At 1 each computer costs the`,
    'same, however many there are. Aim: at most 1.05.',
    '',
    '| computers | a command that does nothing | set up Claude Code and Codex | again, nothing to do | set up, by the clock |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    `| exponent | ${exponents.join(' | ')} | |`,
  ].join('\n')
  console.log(said)
  const text = readFileSync(document, 'utf8')
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`${document}: the markers are missing`)
  writeFileSync(document, `${before}${start}\n\n${said}\n\n${end}${after}`)
}

/** How fast the time grows with the number of hosts: the slope of the line through the logarithms that fits best. */
function exponentOf(rows, play) {
  const points = rows
    .filter(({ count }) => count >= flatFrom)
    .map((row) => [Math.log(row.count), Math.log(row[play].cpu)])
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [0, 1].map((axis) => mean(points.map((point) => point[axis])))
  const up = points.reduce((sum, [one, other]) => sum + (one - x) * (other - y), 0)
  return up / points.reduce((sum, [one]) => sum + (one - x) ** 2, 0)
}
