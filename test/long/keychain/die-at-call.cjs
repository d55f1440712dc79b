// Loaded into the program before it starts: it dies at the call of the keychain that DIE_AT counts, from 0.
const { AsyncEntry } = require('@napi-rs/keyring')

let calls = 0
for (const verb of ['getPassword', 'setPassword', 'deletePassword']) {
  const work = AsyncEntry.prototype[verb]
  AsyncEntry.prototype[verb] = function (...args) {
    if (calls++ === Number(process.env.DIE_AT)) process.kill(process.pid, 'SIGKILL')
    return work.apply(this, args)
  }
}
