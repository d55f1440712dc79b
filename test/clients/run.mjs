// Installs the pinned clients (network), then runs the suite where no network is left but loopback.
// Arguments go to vitest: `node test/clients/run.mjs -t codex` installs and tests Codex alone.
import { execaSync } from 'execa'

const filters = process.argv.slice(2)

function vitest(file) {
  const config = ['--config', 'vitest.clients.config.ts', '--passWithNoTests']
  return [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...config, file, ...filters]
}

// A process namespace of its own ends whatever a client leaves in the background. Root needs no user namespace.
const isolate = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc']
const loopbackOnly = [[], ['--map-root-user']]
  .map((asUser) => ['unshare', ...asUser, ...isolate, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'])
  .find(([command, ...args]) => execaSync(command, [...args, 'true'], { reject: false }).exitCode === 0)

function run([command, ...args]) {
  const { exitCode } = execaSync(command, args, { stdio: 'inherit', reject: false })
  if (exitCode !== 0) process.exit(exitCode ?? 1)
}

if (!loopbackOnly) console.warn('No private network here (unshare): clients get dead proxies instead.')
run(vitest('test/clients/install.test.ts'))
run([...(loopbackOnly ?? []), ...vitest('test/clients/clients.test.ts')])
