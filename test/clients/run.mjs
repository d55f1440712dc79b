// Installs the pinned clients (network), then runs the suite where no network is left but loopback.
// Arguments go to vitest: `node test/clients/run.mjs -t codex` installs and tests Codex alone.
import { execaSync } from 'execa'

const [vitest, config] = ['node_modules/vitest/vitest.mjs', 'vitest.clients.config.ts']
const suite = [
  process.execPath,
  vitest,
  'run',
  '--config',
  config,
  '--passWithNoTests',
  ...process.argv.slice(2),
]
const install = 'test/clients/install.test.ts'

// A process namespace of its own ends whatever a client leaves in the background.
const isolate = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
const prepare = 'ip link set lo up && mount --bind test/clients/resolv.conf /etc/resolv.conf && exec "$@"'
// Root needs no user namespace.
const loopbackOnly = [[], ['--map-root-user']]
  .map((asUser) => ['unshare', ...asUser, ...isolate, 'sh', '-c', prepare, 'sh'])
  .find(([command, ...args]) => execaSync(command, [...args, 'true'], { reject: false }).exitCode === 0)

function run([command, ...args]) {
  const { exitCode } = execaSync(command, args, { stdio: 'inherit', reject: false })
  if (exitCode !== 0) process.exit(exitCode ?? 1)
}

if (!loopbackOnly) console.warn('No private network here (unshare): clients get dead proxies instead.')
run([...suite, install])
run([...(loopbackOnly ?? []), ...suite, '--exclude', install])
