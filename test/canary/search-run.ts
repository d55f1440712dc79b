import { lstatSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { resolvePath, resolvePlaces } from '../../src/catalog/places.ts'
import { readTree } from '../support/home-tree.ts'
import type { Ran } from '../support/run-program.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { findCanary } from './canary-keys.ts'
import { findOther } from './other-secrets.ts'
import { keyHolders, type Note, type Place, takeRecords } from './place.ts'

/** How much was searched, over all runs; `kept` is how often a file rightly held the key. */
export const tally = { runs: 0, streams: 0, files: 0, writes: 0, processes: 0, kept: 0, hits: 0 }

/** Variables are written into a file of ours that a shell reads, or into the `.env` of a project; a key with a name into one of its own. */
const variablesFile = /^home\/(?:\.config\/qcode-setup\/(?:env\.\w+|names\/work\.json)|(?:project\/)?\.env)$/
const keyFiles = filesWithKey()
const backup = /^home\/\.local\/state\/qcode-setup\/runs\/[^/]+\/(?!journal)[^/]+$/
/** What remove gives back, and undo: it has the key only where the user had written it at a key of ours. */
const record = /^home\/\.local\/state\/qcode-setup\/(?:ledger|runs\/[^/]+\/journal)\.json$/
const ourFolder = /^home\/\.(?:config|local\/state)\/qcode-setup(?:\/|$)/

/** Every place in which a run left the key and should not have; `shows` allows it on standard output. */
export function searchRun(place: Place, ran: Ran, shows: boolean): string[] {
  const notes = takeRecords(place)
  const moved = findMoves(notes)
  const hits = [
    ...searchStreams(ran, shows),
    ...searchFiles(place),
    ...notes.flatMap((note) => searchNote(note, place, moved)),
  ]
  tally.runs += 1
  tally.hits += hits.length
  return hits
}

function searchStreams({ stdout, stderr }: Ran, shows: boolean): string[] {
  tally.streams += 2
  const streams = shows ? { stderr } : { stdout, stderr }
  const others = Object.entries({ stdout, stderr }).flatMap(([name, text]) => {
    const piece = findOther(text)
    return piece === undefined ? [] : [`${name}, a secret of another: ${piece}`]
  })
  return [...others, ...Object.entries(streams).flatMap(([name, text]) => hit(name, text))]
}

function searchFiles({ root, own }: Place): string[] {
  const tree = readTree(root)
  tally.files += Object.values(tree).filter(({ kind }) => kind === 'file').length
  const names = Object.entries(tree).flatMap(([path, { target = '' }]) => hit('a name', `${path} ${target}`))
  const holders = [...keyHolders(root)]
  tally.kept += holders.length
  const misplaced = holders.filter(
    ([path, mode]) =>
      !mayHold(path, mode, own) || (own.get(path) !== mode && isOpenFolder(dirname(path), root)),
  )
  return [...names, ...misplaced.map(([path, mode]) => `file ${path} (${mode.toString(8)})`)]
}

/** A user's own file keeps its mode; what we write is private. */
function mayHold(path: string, mode: number, own: Place['own']): boolean {
  if (own.get(path) === mode) return true
  if (mode !== 0o600) return false
  return (
    own.has(path) ||
    keyFiles.has(path) ||
    variablesFile.test(path) ||
    backup.test(path) ||
    (own.size > 0 && record.test(path))
  )
}

/** The files of the clients into which a setup writes the key, from the targets whose content holds it; below the root. */
function filesWithKey(): ReadonlySet<string> {
  const paths = testCatalog.tools.flatMap(({ targets, places: own }) =>
    targets
      .filter(({ content }) => JSON.stringify(content).includes('{{ key }}'))
      .flatMap(({ path }) =>
        ['/home', '/home/project'].map((cwd) =>
          resolvePath(path, resolvePlaces(own, { home: '/home', cwd, env: {}, platform: 'linux' })),
        ),
      ),
  )
  return new Set(paths.map((path) => path.slice(1)))
}

/** Private as well is its folder, where that is ours. */
function isOpenFolder(folder: string, root: string): boolean {
  return ourFolder.test(folder) && (lstatSync(join(root, folder)).mode & 0o077) !== 0
}

function searchNote(note: Note, place: Place, moved: ReadonlyMap<string, string>): string[] {
  if (note.kind === 'name') return note.paths.flatMap((path) => hit('a name', path))
  if (note.kind === 'process') {
    tally.processes += 1
    const command = note.args.join(' ')
    return [
      ...hit('an argument', command),
      ...note.env.flatMap((pair) => hit(`environment of ${command}`, pair)),
    ]
  }
  tally.writes += 1
  if (!findCanary(Buffer.from(note.data, 'base64'))) return []
  const path = relative(place.root, note.path)
  const target = relative(place.root, moved.get(note.path) ?? note.path)
  return mayHold(target, note.mode, place.own)
    ? []
    : [`written to ${path} for ${target} (${note.mode.toString(8)})`]
}

/** From which name to which a file was moved. */
function findMoves(notes: readonly Note[]): Map<string, string> {
  return new Map(
    notes.flatMap((note) => {
      const [from, to] = note.kind === 'name' ? note.paths : []
      return from === undefined || to === undefined ? [] : [[from, to] as const]
    }),
  )
}

function hit(where: string, text: string): string[] {
  const piece = findCanary(text)
  return piece === undefined ? [] : [`${where}: ${piece}`]
}
