import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { hasCode, UserError } from '../errors.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { isBelow, readText } from './files-at.ts'
import type { Host } from './host.ts'
import type { FileState } from './read-file-state.ts'

/** Who runs the program; on Windows, where access is not a matter of numbers and modes, everything counts as the user's own. */
export type User = Pick<Host, 'uid' | 'env'> & Partial<Pick<Host, 'home'>>

/** Where users without a home have theirs, by the custom of Linux: nothing is there, and nothing is to be made there. */
export const noHome = '/nonexistent'

/** Why something that stands at a path is not the user's alone, and a command that fixes it. */
export interface Doubt {
  readonly path: string
  /** In words, as a part of a sentence: `/home/alice belongs to alice`. */
  readonly fault: Message
  readonly remedy: Message
}

/** How many links one path may lead through, as Linux has it. */
const mostLinks = 40

/** Whether the user or root made it: root can change anything, so that nothing is gained by not trusting it. */
export function isOwn({ uid }: Pick<Stats, 'uid'>, user: Pick<User, 'uid'>): boolean {
  return user.uid === undefined || uid === user.uid || uid === 0
}

/** What makes a file or folder that stands at a path, itself no link, one that somebody else may have written; undefined for none. */
export function doubtOf(path: string, stat: Stats, user: User): Doubt | undefined {
  if (user.uid === undefined) return undefined
  if (!isOwn(stat, user)) {
    const fault = say('owner.another', { path, user: userName(stat.uid, user) })
    return { path, fault, remedy: makeOwn(path, 'owner.another.hint', user) }
  }
  if ((stat.mode & 0o022) === 0) return undefined
  const mode = (stat.mode & 0o777).toString(8)
  const command = `chmod ${stat.isDirectory() ? '-R ' : ''}go-w ${quoteWord(path)}`
  return { path, fault: say('owner.shared', { path, mode }), remedy: say('owner.shared.hint', { command }) }
}

/** The first link on the way to a path, the path itself included, that another user can point elsewhere. */
export function doubtOfLinks(path: string, user: User, links = 0): Doubt | undefined {
  if (user.uid === undefined || links > mostLinks) return undefined
  for (const part of partsOf(path)) {
    const stat = lstatSync(part, { throwIfNoEntry: false })
    if (!stat) return undefined
    if (!stat.isSymbolicLink()) continue
    const target = resolve(dirname(part), readlinkSync(part))
    if (!isOwn(stat, user)) {
      const fault = say('owner.link', { path: part, user: userName(stat.uid, user), target })
      const remedy = say('owner.link.hint', { command: inShell().remove([quoteWord(part)]) })
      return { path: part, fault, remedy }
    }
    const doubt = doubtOfLinks(target, user, links + 1)
    if (doubt) return doubt
  }
  return undefined
}

/**
 * The first on the way to code that is to be loaded, links followed, that another user could have put something else in the
 * place of: as for the compile cache, a group of the user's own and a sticky folder are fine, since installers make the first
 * and the temporary folder is the second. Errors: those of the file system, for what is not there.
 */
export function doubtOfCode(path: string, user: User): Doubt | undefined {
  if (user.uid === undefined) return undefined
  const link = doubtOfLinks(path, user)
  if (link) return link
  for (const part of partsOf(realpathSync(path))) {
    const stat = lstatSync(part)
    const isShared = (stat.mode & 0o002) !== 0 || ((stat.mode & 0o020) !== 0 && stat.gid !== user.uid)
    const isSticky = stat.isDirectory() && (stat.mode & 0o1000) !== 0
    const doubt = isOwn(stat, user) && (!isShared || isSticky) ? undefined : doubtOf(part, stat, user)
    if (doubt) return doubt
  }
  return undefined
}

/** What on the way to a path keeps the user out: the first folder that may not be entered, or what stands at the path itself. */
export function whatKeepsOut(path: string, user: User): Doubt {
  const culprit = findClosed(path)
  const stat = lstatSync(culprit, { throwIfNoEntry: false })
  if (!stat || user.uid === undefined || stat.uid === user.uid) {
    const right = stat?.isDirectory() === false ? 'u+rw' : 'u+rwx'
    return {
      path: culprit,
      fault: say('access.unreadable', { path: culprit }),
      remedy: say('access.allow', { command: inShell().allow(quoteWord(culprit), right) }),
    }
  }
  const fault = say('access.unreadable-of-another', { path: culprit, user: userName(stat.uid, user) })
  return { path: culprit, fault, remedy: makeOwn(culprit, 'access.own', user) }
}

/** What keeps the user from changing what stands at a path, and a command that fixes it; `right` is what its owner lacks. */
export function whatKeepsFromChanging(path: string, right: 'u+w' | 'u+wx', user: User): Doubt {
  const uid = statSync(path, { throwIfNoEntry: false })?.uid
  if (uid === undefined || user.uid === undefined || user.uid === 0 || uid === user.uid) {
    const remedy = say('access.allow', { command: inShell().allow(quoteWord(path), right) })
    return { path, fault: say('access.read-only', { path }), remedy }
  }
  const fault = say('access.read-only-of-another', { path, user: userName(uid, user) })
  return { path, fault, remedy: makeOwn(path, 'access.own', user) }
}

/** The first on the way to a path that is there and no folder, so that nothing can lie below it. */
export function whatIsNoFolder(path: string): string | undefined {
  return partsOf(dirname(path)).find(
    (part) => statSync(part, { throwIfNoEntry: false })?.isDirectory() === false,
  )
}

/** A user's name as `sudo -u` takes it: the number where no name is known. */
export function userName(uid: number, { env }: Pick<User, 'env'>): string {
  if (uid === 0) return 'root'
  if (env.SUDO_USER && env.SUDO_UID === String(uid)) return env.SUDO_USER
  return nameInPasswd(uid) ?? `#${uid}`
}

function nameInPasswd(uid: number): string | undefined {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
    return lines.map((line) => line.split(':')).find((fields) => fields[2] === String(uid))?.[0]
  } catch {
    return undefined
  }
}

/** A command that makes what stands at a path the user's, or what to do where nobody should type one. */
function makeOwn(path: string, hint: 'owner.another.hint' | 'access.own', user: User): Message {
  if (isOfTheSystem(path, user)) return say('access.of-the-system')
  return say(hint, { command: `sudo chown -R "$(id -u):$(id -g)" ${quoteWord(path)}` })
}

const ofSystem = /^\/(bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys|usr|var|private|Library|System)\//

/**
 * Whether other users or programs need what stands at a path where and as it is, so that no command may give it to the user
 * or move it away. What is below the user's home is not, wherever that home is.
 */
export function isOfTheSystem(path: string, { home = '/' }: Pick<User, 'home'>): boolean {
  const realHome = existsSync(home) ? realpathSync(home) : home
  if (dirname(home) !== home && [home, realHome].some((own) => isBelow(path, own))) return false
  return partsOf(path).length < 2 || ofSystem.test(path)
}

/** `/a/b` is `/a` and `/a/b`. */
export function partsOf(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...partsOf(parent), path]
}

function findClosed(path: string): string {
  for (const part of partsOf(dirname(path))) {
    try {
      accessSync(part, constants.X_OK)
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM')) return part
    }
  }
  return path
}

/** Whether a file, with links followed, is mounted by itself, as containers are given single files: none can take its place. */
export function isMountPoint(path: string): boolean {
  const lines = readText('/proc/self/mountinfo')?.split('\n') ?? []
  return lines.some((line) => unescapeOctal(line.split(' ', 5)[4] ?? '') === path)
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
}

export function isOnReadOnlyDisk(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return hasCode(error, 'EROFS')
  }
}

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
  const names = { home, owner: userName(owner, host), user: userName(uid, host) }
  return new UserError({
    code: 'home-of-another',
    message: say('error.home-of-another', names),
    hint: [
      say('error.home-of-another.owner', { ...names, command: commandAs(owner, names.owner, host) }),
      say('error.home-of-another.user', names),
      ...(uid === 0 ? [say('error.home-of-another.container', { home: quoteWord(home) })] : []),
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

function commandAs(uid: number, name: string, { env }: Host): Message | string {
  if (env.SUDO_UID === String(uid)) return say('error.home-of-another.without-sudo')
  return `sudo -H -u ${quoteWord(name)} qcode-setup`
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

/** Code of the refusal of a file that no right would make writable. */
export const notReplaceable = 'not-replaceable'

/**
 * Throws UserErrors, exit 1, when a file could not be replaced. `not-replaceable`: so the computer is set up, with a store, a
 * file that is mounted by itself or a read-only disk. `not-writable`: it has no owner write bit (which
 * is its owner's wish, so root is refused as well), or access(2) denies the file or the folder that has to take
 * a new file.
 */
export function assertWritable(state: FileState, user: User & Pick<Host, 'home'>): void {
  const { path, resolvedPath } = state
  const folder = deepestFolder(resolvedPath)
  const [fault, hint] = whyNeverReplaced(state, folder, user.home) ?? []
  if (fault && hint) {
    const message = say('error.not-writable', { path, fault })
    throw new UserError({ code: notReplaceable, message, hint, where: { file: path } })
  }
  if (!allows(folder, constants.W_OK | constants.X_OK)) throw notWritable(path, folder, 'u+wx', user)
  if (state.kind === 'absent') return
  if ((state.mode & 0o200) === 0 || !allows(resolvedPath, constants.W_OK)) {
    throw notWritable(path, resolvedPath, 'u+w', user)
  }
}

function whyNeverReplaced(state: FileState, folder: string, home: string): [Message, Message] | undefined {
  const { path, resolvedPath } = state
  const linked = { target: path === resolvedPath ? '' : resolvedPath }
  if (isMountPoint(resolvedPath)) {
    return [say('access.mounted', linked), say('access.mounted.hint', { folder: dirname(resolvedPath) })]
  }
  // What is absent has no disk of its own.
  if ([folder, ...(state.kind === 'absent' ? [] : [resolvedPath])].some(isOnReadOnlyDisk)) {
    return [say('access.read-only-disk', linked), say('access.read-only-disk.hint')]
  }
  return isInStore(state, folder, home) ? [say('access.store', linked), say('access.store.hint')] : undefined
}

/**
 * Whether a link leads to what nobody may write, not even its owner: stores are made so, as that of Nix, whose links are made
 * anew by the program that fills it. Without a link it is a file that its owner has locked.
 */
function isInStore(state: FileState, folder: string, home: string): boolean {
  const { path, resolvedPath } = state
  const realHome = existsSync(home) ? realpathSync(home) : home
  const ownPlace = isBelow(path, home) ? join(realHome, relative(home, path)) : path
  if (resolvedPath === path || resolvedPath === ownPlace) return false
  const folderMode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o777
  const modes = [folderMode, ...(state.kind === 'absent' ? [] : [state.mode])]
  return modes.some((mode) => (mode & 0o222) === 0)
}

/** Of a path at which nothing could be made: the folder that does not take it, or undefined where that is not what is wrong. */
export function findClosedFolder(path: string): string | undefined {
  const folder = deepestFolder(path)
  return allows(folder, constants.W_OK | constants.X_OK) ? undefined : folder
}

function deepestFolder(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? parent : deepestFolder(parent)
}

/** What another program has just taken away stands in nobody's way: whoever writes sees that it has changed. */
function allows(path: string, rights: number): boolean {
  try {
    accessSync(path, rights)
    return true
  } catch (error) {
    return hasCode(error, 'ENOENT')
  }
}

function notWritable(path: string, culprit: string, right: 'u+w' | 'u+wx', user: User): UserError {
  const { fault, remedy } = whatKeepsFromChanging(culprit, right, user)
  return new UserError({
    code: 'not-writable',
    message: say('error.not-writable', { path, fault }),
    hint: remedy,
    where: { file: path },
  })
}
