import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { debug } from '../debug.ts'
import { findProgram, readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { partsOf } from '../host/ownership.ts'
import { resolvePath, resolvePlaces } from './places.ts'
import type { KeyDelivery, Tool, Variant } from './tool.ts'

/** What was found of a client on this machine. */
export interface Installed {
  /** Absolute path of its program, where it has one. */
  readonly program?: string
  /** Its version, where it could be found out. */
  readonly version?: string
  /** Its program, its settings folder or its name in the project's files was found. */
  readonly present: boolean
}

/** Something that only some versions of a client have: a range (semver), or `request` where no version decides it. */
interface ByVersion {
  readonly when: string
}

/**
 * Looks for one client: program in PATH, its version, its settings folder, its name in the project's files. The client is
 * run only where its version decides between `choices` and no package tells it.
 */
export async function detectTool(
  tool: Tool,
  host: Host,
  choices: readonly ByVersion[] = tool.variants,
): Promise<Installed> {
  const program = tool.detect.commands.map((name) => findProgram(name, host)).find(Boolean)
  if (program !== undefined) {
    const packaged = packageVersion(program, tool.detect.packages)
    const version = packaged ?? (await askVersion(choices, program, host))
    return { program, present: true, ...(version && { version }) }
  }
  const places = resolvePlaces(tool.places, host)
  const used = tool.detect.folders.some((folder) => existsSync(resolvePath(folder, places)))
  return { present: used || namedInProject(tool, host) }
}

/** The variant for the detected version; where the client is not installed, the newest one. */
export async function chooseVariant(tool: Tool, installed: Installed): Promise<Variant> {
  const candidates = tool.variants.filter((variant) => variant.when !== 'request')
  const chosen = (installed.version && (await fitting(candidates, installed.version))) || candidates[0]
  if (!chosen) throw new Error(`${tool.id} has no variant that is chosen by version`)
  const version = installed.version ?? 'unknown, so the newest counts'
  debug(() => `variant ${chosen.id} of ${tool.id} (${chosen.when}): its version is ${version}`)
  return chosen
}

/** How the client gets a key out of the keychain; where its version is not known, the newest way. */
export async function chooseKeyDelivery(ways: readonly KeyDelivery[], { version }: Installed) {
  return version === undefined ? ways[0] : fitting(ways, version)
}

async function fitting<T extends ByVersion>(candidates: readonly T[], version: string) {
  const { default: satisfies } = await import('semver/functions/satisfies.js')
  return candidates.find(({ when }) => satisfies(version, when, { includePrerelease: true }))
}

/** The version in the package.json above the program, or near npm's .cmd, which is no link: a client may do much when it is run. */
function packageVersion(program: string, packages: readonly string[]): string | undefined {
  const [folder, above] = [dirname(program), partsOf(dirname(realpathSync(program))).toReversed()]
  const beside = packages.flatMap((name) => [join(folder, 'node_modules', name), join(dirname(folder), name)])
  const folders = program.endsWith('.cmd') ? [...beside, ...above] : above
  const manifests = folders.map((one) => readJson(join(one, 'package.json')))
  return manifests.find((manifest) => packages.some((name) => isCalled(name, manifest?.name ?? '')))?.version
}

const isCalled = (name: string, found: string) =>
  name.endsWith('*') ? found.startsWith(name.slice(0, -1)) : found === name

interface PackageJson {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: object
  readonly devDependencies?: object
}

function readJson(path: string): PackageJson | undefined {
  try {
    return JSON.parse(readText(path) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** Runs the client only where its version decides something: some write into the home even for `--version` (codex 0.169). */
async function askVersion(
  choices: readonly ByVersion[],
  program: string,
  host: Host,
): Promise<string | undefined> {
  if (choices.filter(({ when }) => when !== 'request').length < 2) return undefined
  const answers = asked.get(host) ?? new Map<string, Promise<string>>()
  asked.set(host, answers)
  const answer =
    answers.get(program) ?? host.run(program, ['--version'], { timeoutMs: 5000 }).then(({ stdout }) => stdout)
  answers.set(program, answer)
  return /\d+\.\d+\.\d+(-[\w.]+)?/.exec(await answer)?.[0]
}

/** A client is run once, however often its version is needed: it may be slow, or never answer. */
const asked = new WeakMap<Host, Map<string, Promise<string>>>()

function namedInProject(tool: Tool, host: Host): boolean {
  const project = tool.detect.project
  if (!project) return false
  const texts = project.files.map((file) => join(host.cwd, file)).filter(existsSync)
  return texts.some((file) => {
    const names = file.endsWith('.json') ? dependencyNames(file) : requirementNames(file)
    return project.words.some((word) => names.includes(word))
  })
}

/** The dependencies of a package.json, by name. */
function dependencyNames(file: string): string[] {
  const manifest = readJson(file)
  return Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies })
}

/** Names at the beginning of a line or of a quoted text, as requirements.txt and pyproject.toml have them. */
function requirementNames(file: string): string[] {
  const names = (readText(file) ?? '').matchAll(/(?:^|["'])\s*([A-Za-z][\w.-]*)/gm)
  return [...names].map((match) => match[1] ?? '')
}
