// Loaded before the real program (`node --import`): counts its calls that change the disk and, as FAULTS says, writes
// them down, dies before one of them, dies in the middle of one that writes, or lets one fail, or gets a signal before one; or has a disk that gives
// everything one mode, whatever is asked for. FAULTS_CLOCK moves the clock.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const fault = JSON.parse(process.env.FAULTS ?? '{}')
const original = { ...fs, promises: { ...fs.promises } }
const probe = await fs.promises.open('/dev/null', 'r')
const handles = Object.getPrototypeOf(probe)
await probe.close()

// Opened here, because what opens and appends in one call goes through the wrapped verbs.
const log = fault.log && fs.openSync(fault.log, 'a')
const count = fault.count && fs.openSync(fault.count, 'w')

let calls = 0
/** By open file: what its content goes to. */
const opened = new WeakMap()
/** Files of signs of life: those come with time, not with what the program does, and are not counted. */
const signs = new WeakSet()

const die = () => process.kill(process.pid, 'SIGKILL')

/** Before each call that changes the disk; `half` does the first half of a write. */
function meet(half) {
  const index = calls++
  if (fault.kill === index) die()
  if (fault.interrupt === index) process.kill(process.pid, fault.signal)
  if (fault.killInside === index && half) {
    half()
    die()
  }
  if (fault.fail === index || (fault.failFrom !== undefined && index >= fault.failFrom)) {
    note(failed)
    throw Object.assign(new Error(`${fault.code}: injected`), { code: fault.code, syscall: 'injected' })
  }
}

/** Asks for the entry only where one is written: in a race what it looks at may be gone already. */
function note(entry) {
  if (log) original.writeSync(log, `${JSON.stringify(entry())}\n`)
}

/** A call that the system refused counts as well. */
const failed = () => ({ verb: 'failed' })
function fail(error) {
  note(failed)
  throw error
}

function attempt(work) {
  try {
    return work()
  } catch (error) {
    return fail(error)
  }
}

const modeOf = (path) => original.lstatSync(path).mode & 0o7777

/** What each verb on a name has to be written down with, once it is done. */
const verbs = {
  rename: (from, to) => ({ verb: 'rename', path: from, to }),
  unlink: (path) => ({ verb: 'unlink', path }),
  rmdir: (path) => ({ verb: 'rmdir', path }),
  mkdir: (path) => ({ verb: 'mkdir', path, mode: modeOf(path) }),
}
/** Nobody has needed these yet; a model of the disk that does not know them would be wrong without a word. */
const unknown =
  'appendFile chmod chown copyFile cp lchmod lchown link mkdtemp rm symlink truncate utimes lutimes writeFile'

function wrap(name, describe) {
  const entry = (args) => (describe ? describe(...args) : { verb: name, path: String(args[0]) })
  fs[`${name}Sync`] = (...args) => {
    meet()
    const result = attempt(() => original[`${name}Sync`](...args))
    note(() => entry(args))
    return result
  }
  fs.promises[name] = async (...args) => {
    meet()
    const result = await original.promises[name](...args).catch(fail)
    note(() => entry(args))
    return result
  }
  fs[name] = (...args) => {
    const done = args.pop()
    try {
      meet()
    } catch (error) {
      process.nextTick(done, error)
      return
    }
    original[name](...args, (error, ...results) => {
      note(error ? failed : () => entry(args))
      done(error, ...results)
    })
  }
}

for (const [name, describe] of Object.entries(verbs)) wrap(name, describe)
for (const name of unknown.split(' ')) if (original[name]) wrap(name)

const { O_APPEND, O_CREAT, O_TRUNC } = fs.constants
const makes = (flags) => (typeof flags === 'number' ? (flags & (O_CREAT | O_TRUNC)) !== 0 : !/^r/.test(flags))

fs.promises.open = async (path, flags = 'r', mode) => {
  if (makes(flags)) meet()
  const file = await original.promises.open(path, flags, mode).catch(makes(flags) ? fail : undefined)
  opened.set(file, String(path))
  if (typeof flags === 'number' && flags & O_APPEND) signs.add(file)
  if (makes(flags)) note(() => ({ verb: 'create', path, mode: modeOf(path) }))
  return file
}
for (const name of ['open', 'openSync']) {
  fs[name] = (path, flags = 'r', ...rest) => {
    if (makes(flags)) {
      meet()
      note(() => ({ verb: name, path: String(path) }))
    }
    return original[name](path, flags, ...rest)
  }
}

function wrapHandle(name, describe, halve) {
  const work = handles[name]
  handles[name] = async function (...args) {
    const path = opened.get(this)
    if (signs.has(this)) return work.apply(this, args)
    meet(halve && (() => original.writeSync(this.fd, halve(args[0]))))
    const result = await work.apply(this, args).catch(fail)
    note(() => ({ verb: name, path, ...describe?.(this, args) }))
    return result
  }
}
const written = (_file, [data]) => ({ data: Buffer.from(data).toString('base64') })
const firstHalf = (data) => Buffer.from(data).subarray(0, data.length >> 1)
wrapHandle('writeFile', written, firstHalf)
wrapHandle('chmod', (file) => ({ mode: original.fstatSync(file.fd).mode & 0o7777 }))
wrapHandle('chown')
for (const name of ['write', 'writev', 'appendFile', 'truncate', 'utimes']) wrapHandle(name)
// Flushing changes nothing that a killed program leaves, and costs most of the time.
handles.sync = async function () {
  note(() => ({ verb: 'sync', path: opened.get(this) }))
}
handles.datasync = handles.sync

/** A disk that keeps no modes: what is made gets this one, and chmod succeeds and does nothing. */
if (fault.everyMode !== undefined) {
  const given = (path) => original.chmodSync(path, fault.everyMode)
  const { open, mkdir } = fs.promises
  fs.promises.open = async (path, flags, mode) => {
    const file = await open(path, flags, mode)
    if (makes(flags ?? 'r')) given(path)
    return file
  }
  fs.promises.mkdir = async (path, options) => {
    const made = await mkdir(path, options)
    given(path)
    return made
  }
  const { mkdir: mkdirBack } = fs
  fs.mkdir = (path, ...rest) => {
    const done = rest.pop()
    mkdirBack(path, ...rest, (error, made) => {
      if (!error) given(path)
      done(error, made)
    })
  }
  handles.chmod = async () => {}
  fs.chmodSync = () => {}
}

syncBuiltinESMExports()

if (process.env.FAULTS_CLOCK) {
  const { at, jumps } = JSON.parse(process.env.FAULTS_CLOCK)
  const RealDate = Date
  const begun = RealDate.now()
  /** Stands still at `at`, or goes on and jumps by so many milliseconds, another one at each look. */
  let looks = 0
  const now = () =>
    at ?? RealDate.now() + jumps[Math.floor((looks++ + RealDate.now() - begun) / 7) % jumps.length]
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [now()] : args))
    }
    static now = now
  }
}

process.on('exit', () => {
  if (count) original.writeSync(count, String(calls))
})
