import { commandNames, loadCommand } from '../../src/commands/command-table.ts'

const loaded = await Promise.all(commandNames.map(loadCommand))

/** Every command, in the order of `--help`. */
export const commandTable = loaded.filter((spec) => spec !== undefined)
