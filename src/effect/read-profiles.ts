import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell } from '../catalog/tool.ts'
import type { Where } from '../errors.ts'
import type { FileReader, ReadFile } from './file-reader.ts'
import { variablesIn } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'

/** A shell profile, or the file of variables that it reads, with what it sets to fixed values. */
export interface Profile {
  readonly file: ReadFile
  readonly variables: Readonly<Record<string, string>>
}

/** Every profile of every known shell that is there. */
export function readProfiles(shells: readonly Shell[], machine: MachineView, files: FileReader): Profile[] {
  const places = resolvePlaces({}, machine)
  const wanted = shells
    .filter(({ platforms }) => platforms === undefined || platforms.includes(machine.platform))
    .flatMap(({ profiles, alsoRead, envFile, envFormat }) =>
      [...profiles.flat(), ...alsoRead, envFile].map((path) => ({
        path: resolvePath(path, places),
        format: envFormat,
      })),
    )
  const once = new Map(wanted.map((one) => [one.path, one]))
  return [...once.values()]
    .map(({ path, format }) => files.read(path, format))
    .filter(({ text, problem }) => text !== undefined || problem !== undefined)
    .map((file) => ({ file, variables: variablesIn(file.data, []) }))
}

/** The last line of the profiles that sets a variable, to whatever value. */
export function findAssignment(name: string, profiles: readonly Profile[]): Where | undefined {
  const assignment = new RegExp(`^\\s*(?:export\\s+|set\\s+-\\w+\\s+|\\$env:)?${name}(?:\\s*=|\\s+\\S)`, 'i')
  return profiles
    .flatMap(({ file }) =>
      (file.text ?? '')
        .split('\n')
        .flatMap((line, index) => (assignment.test(line) ? [{ file: file.path, line: index + 1 }] : [])),
    )
    .at(-1)
}
