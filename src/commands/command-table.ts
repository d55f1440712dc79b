import type { CommandSpec } from '../command.ts'
import type { CommandName } from '../request/fields.ts'

/** Every command in the order of `--help`, each in a file of its own that is loaded only when it is needed. */
const commands: Readonly<Record<CommandName, () => Promise<CommandSpec>>> = {
  setup: async () => (await import('./setup.ts')).setupCommand,
  print: async () => (await import('./print.ts')).printCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  switch: async () => (await import('./switch.ts')).switchCommand,
  apply: async () => (await import('./apply.ts')).applyCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  invite: async () => (await import('./invite.ts')).inviteCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  undo: async () => (await import('./undo.ts')).undoCommand,
  key: async () => (await import('./key.ts')).keyCommand,
  remove: async () => (await import('./remove.ts')).removeCommand,
  lint: async () => (await import('./lint.ts')).lintCommand,
  prove: async () => (await import('./prove.ts')).proveCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  run: async () => (await import('./run.ts')).runCommand,
  models: async () => (await import('./models.ts')).modelsCommand,
  tools: async () => (await import('./tools.ts')).toolsCommand,
  completion: async () => (await import('./completion.ts')).completionCommand,
}

export const commandNames = Object.keys(commands) as readonly CommandName[]

/** The command with this name; undefined where there is none. */
export async function loadCommand(name: string): Promise<CommandSpec | undefined> {
  return Object.hasOwn(commands, name) ? commands[name as CommandName]() : undefined
}
