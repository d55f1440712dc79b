// Loaded before the program by NODE_OPTIONS: notes every process it starts, with its arguments and environment, and every
// write, with the mode that the file has at that moment. One JSON document a line, in the folder CANARY_RECORDS.
const childProcess = require('node:child_process')
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')
const { join } = require('node:path')

const file = join(process.env.CANARY_RECORDS, `${process.pid}.jsonl`)
const { appendFileSync, fstatSync, statSync } = fs
const opened = new Map()

let noting = false

function note(record) {
  if (noting) return
  noting = true
  appendFileSync(file, `${JSON.stringify(record)}\n`)
  noting = false
}

function noteWrite(path, data, mode) {
  note({ kind: 'write', path: String(path), mode: mode & 0o777, data: Buffer.from(data).toString('base64') })
}

/** Calls `before` with the arguments, then what was there. */
function wrap(object, name, before) {
  const original = object[name]
  object[name] = function (...args) {
    before(args)
    return original.apply(this, args)
  }
}

wrap(childProcess.ChildProcess.prototype, 'spawn', ([options]) =>
  note({ kind: 'process', args: options.args, env: options.envPairs ?? [] }),
)
for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  wrap(childProcess, name, ([command, args, options]) => {
    const { env = process.env } = options ?? (Array.isArray(args) ? {} : args) ?? {}
    const pairs = Object.entries(env).map((pair) => pair.join('='))
    note({ kind: 'process', args: [command].concat(Array.isArray(args) ? args : []), env: pairs })
  })
}

const isData = (value) => typeof value === 'string' || ArrayBuffer.isView(value)
const modeAt = (path) => {
  try {
    return typeof path === 'number' ? fstatSync(path).mode : statSync(path).mode
  } catch {
    return 0o777
  }
}

// By path: the mode is that of a file that is there, or that of the whole world until it is.
for (const home of [fs, fs.promises]) {
  for (const name of ['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync']) {
    if (!home[name]) continue
    wrap(home, name, ([path, data, options]) => {
      if (isData(data)) noteWrite(opened.get(path) ?? path, data, options?.mode ?? modeAt(path))
    })
  }
  for (const name of [
    'rename',
    'renameSync',
    'copyFile',
    'copyFileSync',
    'mkdir',
    'mkdirSync',
    'mkdtemp',
    'symlink',
  ]) {
    if (!home[name]) continue
    wrap(home, name, (args) => note({ kind: 'name', paths: args.filter((arg) => typeof arg === 'string') }))
  }
}

// By descriptor.
const { open, openSync } = fs
fs.openSync = (path, ...rest) => {
  const descriptor = openSync(path, ...rest)
  opened.set(descriptor, String(path))
  return descriptor
}
fs.open = (path, ...rest) => {
  const done = rest.pop()
  return open(path, ...rest, (error, descriptor) => {
    if (!error) opened.set(descriptor, String(path))
    done(error, descriptor)
  })
}
for (const name of ['write', 'writeSync']) {
  wrap(fs, name, ([descriptor, data]) => {
    if (descriptor > 2 && isData(data)) noteWrite(opened.get(descriptor), data, modeAt(descriptor))
  })
}
const openHandle = fs.promises.open
fs.promises.open = async (path, ...rest) => {
  const handle = await openHandle(path, ...rest)
  for (const name of ['write', 'writeFile', 'appendFile']) {
    wrap(handle, name, ([data]) => {
      if (isData(data)) noteWrite(path, data, modeAt(handle.fd))
    })
  }
  return handle
}

syncBuiltinESMExports()
