// Where Node may keep this program compiled, so that it starts sooner. What lies there is run, so it is a folder of the
// user's own or none: the one that Node takes by itself is shared, below the temporary folder, where another user of the
// machine can make it first (seen with Node 24). Looked at before each use; in old syntax, as all of this folder.
const { lstatSync, mkdirSync, readlinkSync } = require('node:fs')
const { homedir } = require('node:os')
const { dirname, isAbsolute, join, resolve } = require('node:path')

/** The folder, made where only it is missing; undefined for none: nowhere safe, or the user has said otherwise to Node. */
function cacheFolder(args) {
  var env = process.env
  var folder
  if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE || writesNothing(args)) return undefined
  try {
    folder = place(env)
    if (folder === undefined || !isSafeWay(dirname(folder), 0)) return undefined
    make(folder)
    return isPrivate(lstatSync(folder)) ? folder : undefined
  } catch (_error) {
    return undefined
  }
}

/** Whoever asks for help, or only for what would be done, finds nothing new on the disk. */
function writesNothing(args) {
  var isAsked = /^(help|version|--version|-[vV])$/.test(args[0])
  return isAsked || ['--help', '-h', '--dry-run'].some((flag) => args.indexOf(flag) >= 0)
}

function place(env) {
  if (process.platform === 'win32') {
    return isAbsolute(env.LOCALAPPDATA || '') ? join(env.LOCALAPPDATA, 'qcode-setup-cache') : undefined
  }
  if (isAbsolute(env.XDG_CACHE_HOME || '')) return join(env.XDG_CACHE_HOME, 'qcode-setup')
  var home = homedir()
  if (!isAbsolute(home)) return undefined
  return join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'qcode-setup')
}

/** Whether nobody but the user and root can put something else in the place of what lies below, links followed. */
function isSafeWay(folder, links) {
  if (process.platform === 'win32') return true
  if (dirname(folder) !== folder && !isSafeWay(dirname(folder), links)) return false
  var stat = lstatSync(folder)
  if (stat.uid !== process.geteuid() && stat.uid !== 0) return false
  if (stat.isSymbolicLink())
    return links < 40 && isSafeWay(resolve(dirname(folder), readlinkSync(folder)), links + 1)
  // In a sticky folder, as the temporary one is, what others own cannot be put in the place of what is ours.
  var isShared = (stat.mode & 0o002) !== 0 || ((stat.mode & 0o020) !== 0 && stat.gid !== process.geteuid())
  return stat.isDirectory() && (!isShared || (stat.mode & 0o1000) !== 0)
}

function make(folder) {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, { mode: 0o700 })
}

function isPrivate(stat) {
  if (!stat.isDirectory()) return false
  return process.platform === 'win32' || (stat.uid === process.geteuid() && (stat.mode & 0o077) === 0)
}

exports.cacheFolder = cacheFolder
