// Installs the pinned clients (network), then runs the suite where no network is left but loopback, and where the
// gateway's own names and address are this machine. A whole run writes docs/wire-proof.md.
// Arguments go to vitest: `node test/clients/run.mjs -t codex` installs and tests Codex alone. With --newest the clients are
// those that the registries serve now, each beside its newest pin, and nothing is written.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'

const isNewest = process.argv.includes('--newest')
const given = process.argv.slice(2).filter((argument) => argument !== '--newest')
const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests']

/** The command that runs these projects of vitest.config.ts. */
const testing = (...projects) => [...vitest, ...projects.flatMap((name) => ['--project', name])]

/** A report of the installation has its own file: the tests after it would write over it. */
const forInstall = given.map((argument) =>
  argument.startsWith('--outputFile=') ? argument.replace(/\.json$/, '.install.json') : argument,
)

// A process namespace of its own ends whatever a client leaves in the background.
const isolate = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
const prepare = `ip link set lo up && ip address add 103.236.53.153/32 dev lo &&
  mount --bind test/clients/resolv.conf /etc/resolv.conf && mount --bind test/clients/hosts /etc/hosts && exec "$@"`
// Root needs no user namespace.
const loopbackOnly = [[], ['--map-root-user']]
  .map((asUser) => ['unshare', ...asUser, ...isolate, 'sh', '-c', prepare, 'sh'])
  .find(([command, ...args]) => execaSync(command, [...args, 'true'], { reject: false }).exitCode === 0)

/** Gives the exit code. */
function run([command, ...args], env = {}) {
  const { exitCode } = execaSync(command, args, { stdio: 'inherit', reject: false, env })
  return exitCode ?? 1
}

if (!loopbackOnly) console.warn('No private network here (unshare): clients get dead proxies instead.')
const notes = mkdtempSync(join(tmpdir(), 'qcode-proof-'))
process.once('exit', () => rmSync(notes, { recursive: true, force: true }))
const newest = isNewest ? { QCODE_NEWEST_CLIENTS: join(notes, 'newest.json') } : {}

const toInstall = isNewest ? 'test/clients/install/install.test.ts' : 'test/clients/install'
const installed = run([...testing('clients-install'), ...forInstall, toInstall], newest)
// One newest version that cannot be installed says nothing about the others.
if (installed !== 0 && !isNewest) process.exit(installed)
const projects = isNewest ? ['clients-newest'] : ['clients', 'clients-proof']
const tested = run([...(loopbackOnly ?? []), ...testing(...projects), ...given], {
  ...newest,
  QCODE_PROOF_ROWS: join(notes, 'rows'),
  QCODE_EXACT_HOSTS: loopbackOnly ? '1' : '0',
})
process.exitCode = installed || tested
