import { existsSync } from 'node:fs'
import type { Installed } from '../catalog/detect.ts'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell } from '../catalog/tool.ts'
import { type Given, judgeEffect, type PlacedTool, viewSetup } from '../effect/judge-effect.ts'
import type { MachineView } from '../effect/machine-view.ts'
import { type SetLine, startShell } from '../effect/shell-start.ts'
import { formatWhere } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { namesIn } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import { say } from '../texts/message.ts'

/** A file of the user's that a shell reads behind the one with our block, and a line in it that would win there. */
export interface LaterProfile {
  readonly path: string
  readonly name: string
  readonly line: SetLine
}

/**
 * The files that a shell reads behind those of `profiles` and in which a line sets one of these variables: in zsh, ~/.zshrc
 * comes after ~/.zshenv. A block at the end of such a file makes the variables count there as well.
 */
export function laterProfiles(
  shell: Shell,
  names: readonly string[],
  profiles: readonly string[],
  host: Pick<Host, 'env' | 'home' | 'cwd' | 'platform'>,
): LaterProfile[] {
  // By then they are in the environment: a line need not export them to change them there.
  const known = Object.fromEntries(names.map((name) => [name, 'known']))
  const machine: MachineView = {
    ...host,
    env: { ...host.env, ...known },
    systemFolder: '',
    read: readFileState,
    list: namesIn,
    isOpen: () => false,
    hasProgram: () => false,
    ask: async () => ({ exit: 1, stdout: '' }),
    administered: [],
  }
  const places = resolvePlaces({}, machine)
  const envFile = resolvePath(shell.envFile, places)
  const later = shell.starts.flatMap(({ kind, reads }) => {
    const files = reads
      .filter(([first = '']) => !first.startsWith('{{ system }}') && !first.includes('*'))
      .flatMap(
        (paths) =>
          paths
            .map((path) => resolvePath(path, places))
            .find((path) => existsSync(path) || profiles.includes(path)) ?? [],
      )
    const last = files.findLastIndex((path) => profiles.includes(path))
    const behind = last === -1 ? [] : files.slice(last + 1)
    return behind.flatMap((path) => {
      const { variables } = startShell(shell, { kind, reads: [[path]] }, machine)
      const found = names.flatMap((name) => {
        const line = variables.get(name)?.find(({ file, maybe }) => !maybe && file !== envFile)
        return line ? [{ path, name, line }] : []
      })
      return found.slice(0, 1)
    })
  })
  return [...new Map(later.map((one) => [one.path, one])).values()]
}

/** What a plan says of a line that such a block takes the place of. */
export function laterFindings(later: readonly LaterProfile[]): Finding[] {
  return later.map(({ path, name, line }) => {
    const where = { file: line.file, line: line.line }
    return {
      id: 'line-overridden',
      level: 'info',
      message: say('plan.line-overridden', { where: formatWhere(where), name, path }),
      hint: say('plan.line-overridden.hint', where),
      where,
    }
  })
}

/** Where a client of a new shell is well: what leads it another way in this terminal, which has variables of before. */
export async function terminalFindings(
  { shell, ...here }: PlacedTool,
  installed: Installed,
  given: Given,
): Promise<Finding[]> {
  if (!shell) return []
  const { view, context } = await viewSetup(here, installed, given)
  const errors = judgeEffect(view, context).filter(({ id, level }) => level === 'error' && id !== 'no-key')
  return errors.map(({ hint: _, message: fault, ...finding }) => ({
    ...finding,
    id: 'terminal-not-renewed',
    level: 'warning',
    message: say('effect.in-this-terminal', { fault }),
  }))
}
