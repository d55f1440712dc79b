#!/usr/bin/env node
// In old syntax on purpose: an old Node must get as far as the sentence below.
var major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(`qcode-setup needs Node.js 20 or newer; this is ${process.version}. See https://nodejs.org`)
  process.exitCode = 1
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  import('node:fs').then((fs) => {
    console.log(JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
  })
} else {
  import('node:module')
    .then((module) => {
      var enable = module.default.enableCompileCache
      if (!enable) return
      return import('./compile-cache.js').then((cache) => {
        var folder = cache.cacheFolder(process.argv.slice(2))
        if (folder !== undefined) enable(folder)
      })
    })
    .then(() => import('../dist/main.js'))
    .then((program) => program.main(process.argv.slice(2)))
}
