// Loaded before every program of a step: notes the arguments of each process that it starts.
const childProcess = require('node:child_process')
const { appendFileSync } = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const { LANE_SIGNAL, LANE_STARTED: notes = 'Z:\\lane\\started' } = process.env

const { spawn } = childProcess.ChildProcess.prototype
childProcess.ChildProcess.prototype.spawn = function (options) {
  appendFileSync(notes, `${JSON.stringify(options.args)}\n`)
  return spawn.call(this, options)
}
for (const name of ['spawnSync', 'execFileSync']) {
  const original = childProcess[name]
  childProcess[name] = (command, args, ...rest) => {
    appendFileSync(notes, `${JSON.stringify([command, args])}\n`)
    return original(command, args, ...rest)
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
