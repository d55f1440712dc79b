// Loaded before every program of a step: notes the arguments of each process that it starts.
const childProcess = require('node:child_process')
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const { LANE_REFUSED, LANE_SIGNAL, LANE_STARTED: notes = 'Z:\\lane\\started' } = process.env

const { spawn } = childProcess.ChildProcess.prototype
childProcess.ChildProcess.prototype.spawn = function (options) {
  fs.appendFileSync(notes, `${JSON.stringify(options.args)}\n`)
  return spawn.call(this, options)
}
for (const name of ['spawnSync', 'execFileSync']) {
  const original = childProcess[name]
  childProcess[name] = (command, args, ...rest) => {
    fs.appendFileSync(notes, `${JSON.stringify([command, args])}\n`)
    return original(command, args, ...rest)
  }
}
// Tells whoever holds a file that this program has met it.
if (LANE_REFUSED) {
  const { readFileSync } = fs
  fs.readFileSync = (...words) => {
    try {
      return readFileSync(...words)
    } catch (error) {
      if (error.code === 'EBUSY') fs.writeFileSync(LANE_REFUSED, '')
      throw error
    }
  }
}
syncBuiltinESMExports()

// As the console sends it, while a gateway is waited for: nothing here can press the keys.
if (LANE_SIGNAL) {
  require('node:net').Socket.prototype.connect = function () {
    process.emit(LANE_SIGNAL, LANE_SIGNAL)
    return this
  }
}
