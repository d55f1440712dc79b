// Loaded before the program: a bug that nobody foresaw, with the key in its message. CRASH says where: `read N` from the
// Nth file on that the program reads, its own code not counted, `once N` only there, `later` outside of everything that is waited for, `text` with something that is no Error.
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const [kind, count] = process.env.CRASH.split(' ')
const key = process.env.CRASH_KEY
const bug = Object.assign(
  new TypeError(`cannot read ${key} of undefined`, { cause: new Error(`because of ${key}`) }),
  {
    key,
    headers: { authorization: `Bearer ${key}` },
  },
)

let read = 0
const { readFileSync } = fs
fs.readFileSync = (...args) => {
  if (/\.c?js$/.test(String(args[0]))) return readFileSync(...args)
  read += 1
  // The program is under way once it reads.
  if (kind === 'later' && read === 1) setTimeout(() => Promise.reject(bug), Number(count))
  if (kind === 'later' || read < Number(count) || (kind === 'once' && read > Number(count)))
    return readFileSync(...args)
  Error.captureStackTrace(bug)
  throw kind === 'text' ? `${key} is no Error` : bug
}
syncBuiltinESMExports()
