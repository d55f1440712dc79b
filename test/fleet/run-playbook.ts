import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { projectFolder } from '../support/test-catalog.ts'
import type { Fleet } from './fleet-hosts.ts'

/** How a playbook ended on one computer. */
export interface Recap {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
}

export interface Played {
  /** By computer. */
  readonly recap: Readonly<Record<string, Recap>>
  readonly exit: number
  /** All that was said. */
  readonly said: string
}

/** Writes the inventory, and the collection where ansible looks for it. */
export async function prepareController({ folder, hosts, identity, program }: Fleet): Promise<void> {
  const collections = join(folder, 'collections/ansible_collections/qcode')
  await mkdir(collections, { recursive: true })
  await symlink(join(projectFolder, 'ansible'), join(collections, 'setup'))
  // A connection that is kept would outlive the run, and would wait for a computer that was unplugged meanwhile.
  const kept = '-o ControlMaster=no -o ControlPath=none'
  const bounded = '-o ConnectTimeout=5 -o ServerAliveInterval=5 -o ServerAliveCountMax=3'
  const trusted = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
  const inventory = {
    all: {
      vars: {
        ansible_user: 'root',
        ansible_ssh_private_key_file: identity,
        ansible_ssh_args: [kept, bounded, trusted].join(' '),
        ansible_python_interpreter: '/usr/bin/python3',
        ansible_become_method: 'su',
        qcode_setup_executable: program,
      },
      hosts: Object.fromEntries(hosts.map(({ name, address }) => [name, { ansible_host: address }])),
    },
  }
  await writeFile(join(folder, 'inventory.json'), JSON.stringify(inventory))
}

/** Runs a play with the role, or the playbook at a path, with these variables. A key among them is in a file, as a vault would have it. */
export async function runPlaybook(
  what: 'role' | (string & {}),
  fleet: Fleet,
  { play = {}, vars = {}, flags = [] }: Wishes = {},
): Promise<Played> {
  const { folder } = fleet
  const given = join(folder, 'vars.json')
  await writeFile(given, JSON.stringify(vars), { mode: 0o600 })
  const role = join(folder, 'site.json')
  const roles = [{ role: 'qcode.setup.qcode_setup' }]
  await writeFile(role, JSON.stringify([{ hosts: 'all', gather_facts: false, roles, ...play }]))
  const playbook = what === 'role' ? role : what
  const args = ['-i', join(folder, 'inventory.json'), '-e', `@${given}`, ...flags, playbook]
  const {
    stdout,
    stderr,
    exitCode = 1,
  } = await execa('ansible-playbook', args, {
    env: environmentOf(fleet),
    extendEnv: false,
    reject: false,
    cwd: folder,
    stdin: 'ignore',
    // About ten times what it takes alone.
    timeout: 120_000,
    forceKillAfterDelay: 1000,
  })
  const said = `${stdout}\n${stderr}`
  return { recap: recapOf(stdout), exit: exitCode, said }
}

/** What ansible-doc says of a thing of the collection. */
export async function describeByAnsible(kind: 'module' | 'role', name: string, fleet: Fleet) {
  const whole = `qcode.setup.${name}`
  const options = { env: environmentOf(fleet), extendEnv: false, cwd: fleet.folder, timeout: 60_000 }
  const { stdout } = await execa('ansible-doc', ['-t', kind, '--json', whole], options)
  return JSON.parse(stdout)[whole]
}

interface Wishes {
  /** Fields of the play, such as `serial`. */
  readonly play?: Readonly<Record<string, unknown>>
  readonly vars?: Readonly<Record<string, unknown>>
  readonly flags?: readonly string[]
}

function environmentOf({ folder }: Fleet): Record<string, string> {
  return {
    HOME: folder,
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin`,
    LANG: 'C.UTF-8',
    ANSIBLE_COLLECTIONS_PATH: join(folder, 'collections'),
    ANSIBLE_FORKS: '8',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    ANSIBLE_TIMEOUT: '10',
  }
}

function recapOf(said: string): Record<string, Recap> {
  const lines = said.slice(said.lastIndexOf('PLAY RECAP')).matchAll(/^(\S+)\s+: (ok=.*)$/gm)
  return Object.fromEntries(
    [...lines].map(([, name, counts = '']) => {
      const pairs = [...counts.matchAll(/(\w+)=(\d+)/g)].map(([, what, count]) => [what, Number(count)])
      return [name, Object.fromEntries(pairs)]
    }),
  )
}

/** The computers on which something changed, by name. */
export function changedOn({ recap }: Played): string[] {
  return Object.keys(recap)
    .filter((name) => (recap[name]?.changed ?? 0) > 0)
    .sort()
}
