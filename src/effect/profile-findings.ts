import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell } from '../catalog/tool.ts'
import { decodeText } from '../documents/document.ts'
import { findBlock } from '../documents/shell/profile-block.ts'
import { formatWhere } from '../errors.ts'
import type { Finding } from '../finding.ts'
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
  return [...new Map(found.map((finding) => [finding.message, finding])).values()]
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
  const [here, there] = [formatWhere({ file: stop.file, line: stop.line }), formatWhere({ file: path, line })]
  const where = { file: stop.file, line: stop.line }
  if (stop.by === 'open' || stop.by === 'stray') {
    const [what, whatZh] =
      stop.by === 'open'
        ? [`opens ${stop.what} and nothing closes it`, `处的 ${stop.what} 没有结束`]
        : [`has ${stop.what} where it cannot stand`, `处的 ${stop.what} 位置不对`]
    return {
      id: 'profile-does-not-parse',
      level,
      message: `${here} ${what}: ${shell.id} does not come to the block of qcode-setup in ${there}.`,
      messageZh: `${here} ${whatZh}：${shell.id} 读不到 ${there} 处的 qcode-setup 区块。`,
      hint: `Correct line ${stop.line} of ${stop.file}, and open a new terminal.`,
      where,
    }
  }
  const maybe = stop.maybe ? ', where its condition holds' : ''
  return {
    id: 'block-not-reached',
    level,
    message: `${here} ends the reading with ${stop.what}${maybe}: ${shell.id} does not come to the block of qcode-setup in ${there}.`,
    messageZh: `${here} 以 ${stop.what} 结束了读取${stop.maybe ? '（条件成立时）' : ''}：${shell.id} 读不到 ${there} 处的 qcode-setup 区块。`,
    hint: `Move line ${stop.line} of ${stop.file} to its end, and open a new terminal.`,
    where,
  }
}
