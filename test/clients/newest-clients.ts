import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import semver from 'semver'
import { type ClientPackage, clientName, clientPackages, node24, pinned } from './client-packages.ts'
import { missingFor, pythonOf } from './install-clients.ts'

/** A client beside its newest pin. */
export interface NewestClient {
  readonly name: string
  readonly pin: ClientPackage
  /** The newest that its registry serves and this machine can run; the pin itself where nothing is newer. */
  readonly newest: ClientPackage
  /** What is newer still, and why it is not run here; or why nothing was asked. */
  readonly notes: readonly string[]
  /** Why nothing is known of it. */
  readonly unanswered?: string
}

export function isNewer({ pin, newest }: NewestClient): boolean {
  return pin.id !== newest.id
}

/** Set by run.mjs where newest versions are asked for: the file in which the step of installing leaves what it found. */
export const newestFile = process.env.QCODE_NEWEST_CLIENTS

/** What the step of installing has found; nothing in a run of the pins. */
export function foundNewest(): NewestClient[] {
  return newestFile === undefined ? [] : JSON.parse(readFileSync(newestFile, 'utf8'))
}

/** Asks the registries for the newest version of every client, by their own programs. */
export async function askRegistries(): Promise<NewestClient[]> {
  const found: NewestClient[] = []
  // One after another: a registry has other users.
  for (const name of new Set(clientPackages.map(clientName))) found.push(await newestOf(name))
  return found
}

async function newestOf(name: string): Promise<NewestClient> {
  const pin = clientPackages.find(({ id }) => id === pinned(name)) as ClientPackage
  try {
    const { versions, notes } = await registries[pin.registry](pin)
    return { name, pin, newest: raise(pin, versions), notes }
  } catch (error) {
    const { shortMessage, message } = error as { shortMessage?: string; message: string }
    return { name, pin, newest: pin, notes: [], unanswered: shortMessage ?? message }
  }
}

/** Versions of what a client is asked for by, and what they do not say. */
interface Served {
  readonly versions: Readonly<Record<string, string>>
  readonly notes: readonly string[]
}

const registries = { npm: askNpm, pypi: askPypi, crates: askCrates }

/** The packages that are raised; the others stay as they are. */
export function raisedNames({ packages, held = [] }: ClientPackage): string[] {
  return Object.keys(packages).filter((name) => !held.includes(name))
}

function raise(pin: ClientPackage, versions: Readonly<Record<string, string>>): ClientPackage {
  const names = raisedNames(pin)
  if (names.every((name) => versions[name] === pin.packages[name])) return pin
  const [only = ''] = names
  const id = `${clientName(pin)}-${names.length === 1 ? versions[only] : 'newest'}`
  return { ...pin, id, packages: { ...pin.packages, ...versions } }
}

/** A client whose Node is newer than this one gets it as a package, where there is one for this kind of machine. */
async function askNpm(pin: ClientPackage): Promise<Served> {
  const served = await Promise.all(raisedNames(pin).map(viewNpm))
  const versions = Object.fromEntries(served.map(({ name, version }) => [name, version]))
  const demanding = served.filter(({ node }) => !semver.satisfies(process.version, node))
  const [ownNode = ''] = Object.values(node24)
  const hasNode = `${process.platform}-${process.arch}` === 'linux-x64'
  const impossible = demanding.filter(({ node }) => !hasNode || !semver.satisfies(ownNode, node))
  const notes = impossible.map(({ name, version, node }) => `${name} ${version} wants Node.js ${node}`)
  if (notes.length > 0) return { versions: pin.packages, notes }
  return { versions: demanding.length > 0 ? { ...versions, ...node24 } : versions, notes }
}

async function viewNpm(name: string) {
  const { stdout } = await execa('npm', ['view', `${name}@latest`, 'name', 'version', 'engines', '--json'])
  const { version, engines } = JSON.parse(stdout)
  return { name, version: String(version), node: String(engines?.node ?? '*') }
}

/** What pip installs together on this Python, as users get it; a version that it passes over is noted. */
async function askPypi(pin: ClientPackage): Promise<Served> {
  const names = raisedNames(pin)
  const { packages, held = [] } = pin
  const together = await askPip(pin, ...names, ...held.map((name) => `${name}==${packages[name]}`))
  const versions = Object.fromEntries(names.map((name) => [name, together.get(name)?.version ?? '']))
  const newest = await Promise.all(
    names.map((name) => askPip(pin, '--no-deps', '--ignore-requires-python', name)),
  )
  const notes = names.flatMap((name, at) => {
    const { version, requires_python: python = 'unknown' } = newest[at]?.get(name) ?? { version: '' }
    if (version === versions[name]) return []
    return [`pip passes over ${name} ${version} (Python ${python}), or over a dependency of it`]
  })
  return { versions, notes }
}

/** What pip would install for these words, by name. */
async function askPip({ python }: ClientPackage, ...words: readonly string[]) {
  const command = (python !== undefined && pythonOf(python)) || 'python3'
  const dry = ['install', '--dry-run', '--ignore-installed', '--quiet', '--report', '-']
  const { stdout } = await execa(command, ['-m', 'pip', ...dry, ...words])
  const { install } = JSON.parse(stdout) as {
    install: { metadata: { name: string; version: string; requires_python?: string } }[]
  }
  // The registry spells a name as its author does.
  return new Map(
    install.map(({ metadata }) => [metadata.name.toLowerCase().replaceAll(/[._]/g, '-'), metadata]),
  )
}

async function askCrates(pin: ClientPackage): Promise<Served> {
  const missing = await missingFor(pin)
  if (missing !== undefined) return { versions: pin.packages, notes: [`not asked for: no ${missing} here`] }
  const [name = ''] = raisedNames(pin)
  const { stdout } = await execa('cargo', ['info', '--color=never', name])
  return { versions: { [name]: /^version: (\S+)/m.exec(stdout)?.[1] ?? '' }, notes: [] }
}

/** The lines of the pins' file as they are with these versions; only the versions where no line is certain. */
export function linesToRaise({ pin, newest }: NewestClient, text: string): string[] {
  const lines = text.split('\n')
  const raised = new Map<string, string>()
  for (const name of raisedNames(pin)) {
    const [from, to] = [`'${pin.packages[name]}'`, `'${newest.packages[name]}'`]
    if (from === to) continue
    const having = lines.flatMap((line, at) => (line.includes(from) ? [at] : []))
    const naming = having.filter((at) => lines[at]?.includes(name))
    const [at = -1, ...others] = naming.length > 0 ? naming : having
    const line = others.length === 0 ? lines[at]?.trim() : undefined
    const place = line === undefined ? name : `${at + 1}`
    raised.set(place, line === undefined ? `${from} -> ${to}` : (raised.get(place) ?? line).replace(from, to))
  }
  return [...raised].map(([place, line]) => `${place}: ${line}`)
}
