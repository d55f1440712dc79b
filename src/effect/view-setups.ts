import type { Installed } from '../catalog/detect.ts'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell, Tool, Variant } from '../catalog/tool.ts'
import { createFileReader } from './file-reader.ts'
import { variablesIn } from './find-setting.ts'
import { openEffect } from './judge-effect.ts'
import type { MachineView } from './machine-view.ts'
import { winningLines } from './read-profiles.ts'
import { type EffectContext, type ToolView, viewTool } from './tool-view.ts'

/** One tool in one place, as it is or will be set up. */
export interface PlacedTool {
  readonly tool: Tool
  readonly variant: Variant
  /** The folder of a project-scope setup. */
  readonly project?: string
  /** The shell whose profile carries the variables. */
  readonly shell?: Shell
  /** The folders that it is written with, by name, whatever the environment says. */
  readonly folders?: Readonly<Record<string, string>>
}

/** How a client will behave in one place, and what that was worked out from. */
export interface PlacedView {
  readonly view: ToolView
  readonly context: EffectContext
}

type Given = Pick<EffectContext, 'catalog' | 'machine' | 'setups' | 'ownKeys'>

/** How a client will behave where it is set up: in its project's folder, and in a shell that is started anew. */
export async function viewSetup(placed: PlacedTool, installed: Installed, given: Given): Promise<PlacedView> {
  const { tool, variant, folders } = placed
  const context = await contextOf(placed, given)
  const view = await viewTool(tool, installed, context, { variant, ...(folders && { folders }) })
  return { view, context }
}

/** Most setups of one machine share a shell and a working folder, and so all that is read there. */
const contexts = new WeakMap<Given, Map<string, Promise<EffectContext>>>()

function contextOf({ shell, project }: PlacedTool, given: Given): Promise<EffectContext> {
  const known = contexts.get(given) ?? new Map<string, Promise<EffectContext>>()
  contexts.set(given, known)
  const id = JSON.stringify([shell?.id, project])
  const context = known.get(id) ?? openPlace(shell, project, given)
  known.set(id, context)
  return context
}

async function openPlace(
  shell: Shell | undefined,
  project: string | undefined,
  given: Given,
): Promise<EffectContext> {
  const here = { ...given.machine, cwd: project ?? given.machine.cwd }
  return openEffect({ ...given, machine: shell ? await inNewShell(shell, here) : here })
}

/**
 * What a shell that is started anew finds in the file of variables takes the place of what this one has; where a line of
 * another file wins over that, what it says.
 */
async function inNewShell(shell: Shell, machine: MachineView): Promise<MachineView> {
  const files = await createFileReader([shell.envFormat], machine)
  const path = resolvePath(shell.envFile, resolvePlaces({}, machine))
  const own = variablesIn(files.read(path, shell.envFormat).data, [])
  const winners = winningLines(shell, machine).filter(
    ([name, { file }]) => Object.hasOwn(own, name) && file !== path,
  )
  const others = Object.fromEntries(winners.map(([name, { value }]) => [name, value]))
  return { ...machine, env: { ...machine.env, ...own, ...others } }
}
