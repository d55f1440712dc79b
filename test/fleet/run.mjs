// Runs the lane where it has networks, mounts and processes of its own: they end with it, also where it is killed, and so does
// all that it wrote, which is in /run.
// Arguments go to vitest: `node test/fleet/run.mjs --reporter=dot`.
import process from 'node:process'
import { execaSync } from 'execa'

const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', 'fleet']
const isolate = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
// Each computer has a /tmp of its own, in which a clone of this project may stand.
const program = 'mkdir /run/program && mount --bind "$PWD" /run/program'
const folders = `mount -t tmpfs -o mode=755 fleet /run && mkdir /run/sshd /run/netns /run/fleet && ${program}`
const alone = ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...isolate]
const prepared = [...alone, 'sh', '-c', `ip link set lo up && ${folders} && exec "$@"`, 'sh']

/** What the lane cannot do without; the test names it where it is not here. */
const programs = ['setpriv', 'unshare', 'ip', '/usr/sbin/sshd', 'ssh-keygen', 'su', 'ansible-playbook']
const trial =
  'ip netns add trial && ip link add one type bridge && ip link add two type veth peer name three netns trial'
const ends = ([command, ...args]) => execaSync(command, args, { reject: false }).exitCode === 0
const lacking = programs.filter((name) => !ends(['sh', '-c', 'command -v "$0" >/dev/null', name]))
if (process.getuid?.() !== 0) lacking.push('root')
else if (lacking.length === 0 && !ends([...prepared, 'sh', '-c', trial]))
  lacking.push('namespaces and bridges')

const [command, ...args] = [...(lacking.length === 0 ? prepared : []), ...vitest, ...process.argv.slice(2)]
const env = { QCODE_FLEET_LACKS: lacking.join(', ') }
const bounded = { timeout: 15 * 60_000, killSignal: 'SIGKILL' }
const { exitCode = 1 } = execaSync(command, args, { stdio: 'inherit', reject: false, env, ...bounded })
process.exitCode = exitCode
