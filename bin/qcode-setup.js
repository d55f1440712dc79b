#!/usr/bin/env node
// In old syntax on purpose: an old Node must get as far as the sentence below. CommonJS, since that starts sooner.
var major = Number(process.versions.node.split('.')[0])
var args = process.argv.slice(2)
if (major < 20) {
  console.error(`qcode-setup needs Node.js 20 or newer; this is ${process.version}. See https://nodejs.org`)
  process.exitCode = 1
} else if (!(args.length === 1 && /^(--version|-[vV]|version)$/.test(args[0]) && saidVersion())) {
  keepCompiled(require('node:module').enableCompileCache)
  require('../dist/main.js').main(args)
}

/** Whether it went out. What keeps it from that, but a reader that has ended, is told by the program itself. */
function saidVersion() {
  try {
    require('node:fs').writeSync(1, `${require('../package.json').version}\n`)
    return true
  } catch (error) {
    return error.code === 'EPIPE'
  }
}

function keepCompiled(enable) {
  var folder = enable && require('./compile-cache.js').cacheFolder(args)
  if (folder !== undefined) enable(folder)
}
