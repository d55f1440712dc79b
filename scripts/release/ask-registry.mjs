// What only the registry can tell before a release: whether an advisory is known for something that ships, and whether
// every installed package bears the registry's signature. "Could not ask" is a failure as well, and says so.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { programBundle, root } from '../program-bundle.mjs'
import { findPackages } from '../shipped/find-packages.mjs'
import { auditedLock } from './audited-lock.mjs'

const questions = { advisories: askAdvisories, signatures: askSignatures }

const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(questions)
for (const name of asked) {
  const { clean, said } = await questions[name]()
  console.log(`${name}: ${said}`)
  if (!clean) process.exitCode = 1
}

async function askAdvisories() {
  const { output } = await build({ ...programBundle, write: false })
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const audited = auditedLock(lock, findPackages(output, root))
  const folder = mkdtempSync(join(tmpdir(), 'qcode-audit-'))
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(audited.manifest))
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(audited.lock))
    const { vulnerabilities, ...rest } = npm(folder, 'audit', '--package-lock-only', '--json')
    if (!vulnerabilities) return couldNotAsk(rest)
    const found = Object.values(vulnerabilities).map(({ name, severity }) => `${name} (${severity})`)
    const count = Object.keys(audited.lock.packages).length - 1
    return verdict(found, `none known for the ${count} packages that ship`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function askSignatures() {
  const { invalid, missing, ...rest } = npm(root, 'audit', 'signatures', '--json')
  if (!invalid || !missing) return couldNotAsk(rest)
  const found = [...invalid, ...missing].map(({ name, version }) => `${name}@${version}`)
  return verdict(found, 'every installed package is signed by the registry')
}

function verdict(found, good) {
  return { clean: found.length === 0, said: found.length === 0 ? good : `FOUND ${found.join(', ')}` }
}

function couldNotAsk({ message, error }) {
  return { clean: false, said: `COULD NOT ASK: ${message ?? error?.summary ?? 'npm gave no answer'}` }
}

/** What npm answers in JSON; its exit code says less. */
function npm(cwd, ...args) {
  const { stdout } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })
  try {
    return JSON.parse(stdout)
  } catch {
    return {}
  }
}
