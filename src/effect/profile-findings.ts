import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell } from '../catalog/tool.ts'
import { decodeText } from '../documents/document.ts'
import { findBlock } from '../documents/shell/profile-document.ts'
import { formatWhere } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isInRegistry, variableAt } from '../host/read-file-state.ts'
import { type Ledger, type LedgerEntry, setupId } from '../ledger.ts'
import { asMessage, say } from '../texts/message.ts'
import type { MachineView } from './machine-view.ts'
import { readScript, type ShellStart, type Stop, startShells } from './shell-start.ts'

/** A block of ours in a file that a shell may read. */
interface OwnBlock {
  readonly shell: Shell
  readonly path: string
  /** Of its first marker. */
  readonly line: number
  /** The file of variables that it reads. */
  readonly envFile: string
  /** What stands in front of it. */
  readonly before: string
}

/**
 * Blocks of ours that new shells do not reach, since a line in front of them ends the reading or cannot be parsed. An
 * error where a new terminal does without the variables.
 */
export function profileFindings(shells: readonly Shell[], machine: MachineView): Finding[] {
  const blocks = shells.flatMap((shell) => blocksOf(shell, machine))
  const starts = startShells([...new Set(blocks.map(({ shell }) => shell))], machine)
  const found = blocks.flatMap((block) => {
    const own = starts.filter(({ shell }) => shell === block.shell)
    return findingOf(block, own) ?? []
  })
  return [...new Map(found.map((finding) => [String(finding.message), finding])).values()]
}

/**
 * An error by a variable of ours, in our own file or in the registry, with the command that writes it again as its way out:
 * taken out, it would leave its key without an address.
 */
export function mendOwnLine(finding: Finding, { entries, setups }: Ledger): Finding {
  const { hint = asMessage('') } = finding
  const remedy = String(hint)
  const isMeant = ({ format, path, keyPath: [name = ''] }: LedgerEntry) =>
    format.endsWith('-env') &&
    remedy.includes(isInRegistry(path) ? variableAt(path).key : `${path}:`) &&
    remedy.split(/[^\w]+/).includes(name)
  const ids = finding.level === 'error' ? entries.filter(isMeant).flatMap((entry) => entry.setups) : []
  const own = setups.filter((setup) => ids.includes(setupId(setup)))
  const setup = own.find(({ tool }) => tool === finding.tool) ?? own[0]
  return setup
    ? { ...finding, hint: asMessage(`qcode-setup --tool ${setup.tool} --on-conflict overwrite`) }
    : finding
}

function blocksOf(shell: Shell, machine: MachineView): OwnBlock[] {
  const places = resolvePlaces({}, machine)
  const envFile = resolvePath(shell.envFile, places)
  const paths = [...shell.profiles, ...shell.starts.flatMap(({ reads }) => reads)]
    .flat()
    .map((path) => resolvePath(path, places))
  return [...new Set(paths)].flatMap((path) => {
    const text = textAt(path, machine)
    const block = findOwnBlock(text, path)
    if (!block) return []
    return [{ shell, path, line: block.firstLine, envFile, before: text.slice(0, block.start) }]
  })
}

function textAt(path: string, machine: MachineView): string {
  try {
    const state = machine.read(path)
    return state.kind === 'absent' ? '' : decodeText(state.bytes, path)
  } catch {
    // Whoever writes or reads the file tells why; so it is for a block that is broken.
    return ''
  }
}

function findOwnBlock(text: string, path: string): ReturnType<typeof findBlock> {
  try {
    return findBlock(text, path)
  } catch {
    return undefined
  }
}

function findingOf(block: OwnBlock, starts: readonly ShellStart[]): Finding | undefined {
  const { path, line, envFile } = block
  const comesTo = starts.some(({ reads }) =>
    reads.some((read) => read.path === envFile && read.file === path && read.line >= line),
  )
  const stops = starts.flatMap((start) => start.stops).filter((stop) => stop.file === path)
  if (comesTo) {
    const perhaps = stops.find((stop) => stop.maybe && stop.line < line)
    return perhaps && unreached(block, perhaps, 'warning')
  }
  const stop = stops.find(({ maybe }) => !maybe)
  const isMissed = starts.some(
    ({ kind, reads }) => kind === 'terminal' && !reads.some((read) => read.path === envFile),
  )
  return stop && unreached(block, inFront(block, stop), isMissed ? 'error' : 'warning')
}

/** Quotes of the block itself may close one that was open, and open it once more: the fault lies in front. */
function inFront({ shell, line, before }: OwnBlock, stop: Stop): Stop {
  if (stop.line < line) return stop
  const { problem } = readScript(before, shell.language)
  return problem ? { ...stop, by: problem.kind, what: problem.what, line: problem.line } : stop
}

function unreached({ shell, path, line }: OwnBlock, stop: Stop, level: 'warning' | 'error'): Finding {
  const { file, by, what } = stop
  const where = { file, line: stop.line }
  const values = {
    here: formatWhere(where),
    what: what || say('profile.end-of-file'),
    shell: shell.id,
    block: formatWhere({ file: path, line }),
  }
  if (by === 'open' || by === 'stray') {
    const hint = say('profile.correct', where)
    return { id: 'profile-does-not-parse', level, message: say(`profile.${by}`, values), hint, where }
  }
  const message = say(stop.maybe ? 'profile.may-end' : 'profile.ends', values)
  return { id: 'block-not-reached', level, message, hint: say('profile.move', where), where }
}
