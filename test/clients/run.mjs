// Installs the pinned clients (network), then runs the suite where no network is left but loopback, and where the
// gateway's own names and address are this machine. A whole run writes docs/wire-proof.md.
// Arguments go to vitest: `node test/clients/run.mjs -t codex` installs and tests Codex alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'

const given = process.argv.slice(2)
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

function run([command, ...args], env = {}) {
  const { exitCode } = execaSync(command, args, { stdio: 'inherit', reject: false, env })
  if (exitCode !== 0) process.exit(exitCode ?? 1)
}

if (!loopbackOnly) console.warn('No private network here (unshare): clients get dead proxies instead.')
run([...testing('clients-install'), ...forInstall, 'test/clients/install'])
const proof = mkdtempSync(join(tmpdir(), 'qcode-proof-'))
process.once('exit', () => rmSync(proof, { recursive: true, force: true }))
run([...(loopbackOnly ?? []), ...testing('clients', 'clients-proof'), ...given], {
  QCODE_PROOF_ROWS: join(proof, 'rows'),
  QCODE_EXACT_HOSTS: loopbackOnly ? '1' : '0',
})
