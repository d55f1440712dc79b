#!/usr/bin/env node
// In old syntax on purpose: an old Node must get as far as the sentence below. CommonJS, since that starts sooner.
var major = Number(process.versions.node.split('.')[0])
var args = process.argv.slice(2)
if (major < 20) {
  console.error(`qcode-setup needs Node.js 20 or newer; this is ${process.version}. See https://nodejs.org`)
  process.exitCode = 1
} else if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  console.log(require('../package.json').version)
} else {
  keepCompiled(require('node:module').enableCompileCache)
  require('../dist/main.js').main(args)
}

function keepCompiled(enable) {
  var folder = enable && require('./compile-cache.js').cacheFolder(args)
  if (folder !== undefined) enable(folder)
}
