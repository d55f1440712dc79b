import { readFileSync, statSync } from 'node:fs'
import { UserError } from '../errors.ts'
import type { Host } from './host.ts'
import { userName } from './ownership.ts'
import { quoteWord } from './quote-word.ts'

/** What a system shows for an owner that it has no number for, as in a container with users of its own, or on a network disk. */
const unmapped = [65_534, 4_294_967_294]

/**
 * UserError `home-of-another`, exit 1, where the home is another user's, as with `sudo` that keeps HOME: what is written
 * there belongs to whoever runs the program, and its owner can neither read nor change it any more. A home that is root's
 * is anyone's who runs there: containers are made so.
 */
export function othersHome(host: Host): UserError | undefined {
  const { uid, home } = host
  const owner = uid === undefined ? undefined : ownerOf(home)
  if (uid === undefined || owner === undefined || owner === uid || owner === 0) return undefined
  if (unmapped.includes(owner) && (uid !== 0 || !isMapped(owner))) return undefined
  const theirs = userName(owner, host)
  const mine = userName(uid, host)
  return new UserError({
    code: 'home-of-another',
    message: `${home} is the home of ${theirs}, and this is run by ${mine}: ${theirs} could not read or change what it would write there.`,
    hint: [
      `For the tools of ${theirs}, type the same command as ${theirs}: ${commandAs(owner, theirs, host)}`,
      `For the tools of ${mine}, with a home of your own: HOME=~${mine} qcode-setup`,
      ...(uid === 0 ? [`If root is to own this home, as in a container: chown root ${quoteWord(home)}`] : []),
    ],
    where: { file: home },
  })
}

function ownerOf(home: string): number | undefined {
  try {
    return statSync(home).uid
  } catch {
    return undefined
  }
}

function commandAs(uid: number, name: string, { env }: Host): string {
  const isCaller = env.SUDO_UID === String(uid)
  return isCaller ? 'qcode-setup (without sudo)' : `sudo -H -u ${quoteWord(name)} qcode-setup`
}

/** Whether this system has a user with that number; see user_namespaces(7). */
function isMapped(uid: number): boolean {
  try {
    const ranges = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n')
    return ranges.some((range) => {
      const [first = 0, , count = 0] = range.trim().split(/\s+/).map(Number)
      return uid >= first && uid < first + count
    })
  } catch {
    return true
  }
}
