// Loaded before the program: stands in for the library that reaches the system's keychain, and keeps passwords in a file
// beside the records. With CANARY_KEYCHAIN_FAULT every verb fails with an error that names the password.
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { join } = require('node:path')

const library = createRequire(__filename).resolve('@napi-rs/keyring')
const file = join(process.env.CANARY_RECORDS, 'keychain.json')
const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
const write = (passwords) => writeFileSync(file, JSON.stringify(passwords))

function failIfWanted(account, password = read()[account]) {
  if (process.env.CANARY_KEYCHAIN_FAULT) throw new Error(`the collection is locked: ${account}=${password}`)
}

class AsyncEntry {
  constructor(_service, account) {
    this.account = account
  }
  async getPassword() {
    failIfWanted(this.account)
    return read()[this.account] ?? null
  }
  async setPassword(password) {
    failIfWanted(this.account, password)
    write({ ...read(), [this.account]: password })
  }
  async deletePassword() {
    failIfWanted(this.account)
    const { [this.account]: _, ...rest } = read()
    write(rest)
  }
}

const findCredentialsAsync = async () =>
  Object.entries(read()).map(([account, password]) => ({ account, password }))

require.cache[library] = {
  id: library,
  filename: library,
  loaded: true,
  children: [],
  paths: [],
  exports: { AsyncEntry, findCredentialsAsync },
}
