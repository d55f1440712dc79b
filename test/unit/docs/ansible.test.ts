import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { projectFolder } from '../../support/test-catalog.ts'

const collection = join(projectFolder, 'ansible')
const read = (path: string) => readFileSync(join(collection, path), 'utf8')

/** What Python writes between the brackets of `dict(...)`, as far as the arguments of a module go. */
function pythonValues(text: string): Record<string, unknown> {
  const pairs = [...text.matchAll(/(\w+)=("[^"]*"|\[[^\]]*\]|\w+)/g)]
  const plain = (value: string) => value.replace('True', 'true').replace('False', 'false')
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, JSON.parse(plain(value))]))
}

it('every argument of the module is documented as it is taken', () => {
  const module = read('plugins/modules/qcode_setup.py')
  const { options } = parse(/DOCUMENTATION = r"""\n([\s\S]*?)"""/.exec(module)?.[1] ?? '')
  const [, taken = ''] = /^OPTIONS = dict\(\n([\s\S]*?)^\)/m.exec(module) ?? []
  const lines = [...taken.matchAll(/^ {4}(\w+)=dict\((.*)\),$/gm)]
  expect(lines.length).toBeGreaterThan(10)
  const spec = lines.map(([, name, values = '']) => {
    const { no_log: _, ...rest } = pythonValues(values)
    return [name, rest]
  })
  const documented = Object.entries<Record<string, unknown>>(options).map(
    ([name, { description, ...rest }]) => {
      expect(description, name).toBeTruthy()
      return [name, rest]
    },
  )
  expect(documented).toEqual(spec)
})

it('every argument of the role is documented, with the default that it has', () => {
  const { main } = parse(read('roles/qcode_setup/meta/argument_specs.yml')).argument_specs
  const defaults = parse(read('roles/qcode_setup/defaults/main.yml'))
  const documented = Object.entries<{ default?: unknown; description?: string }>(main.options)
  for (const [name, { description }] of documented) expect(description, name).toBeTruthy()
  const withDefault = documented.filter(([, option]) => 'default' in option)
  expect(Object.fromEntries(withDefault.map(([name, option]) => [name, option.default]))).toEqual(defaults)
  const used = [...read('roles/qcode_setup/tasks/main.yml').matchAll(/\bqcode_setup_\w+/g)].map(
    ([name]) => name,
  )
  const own = ['qcode_setup_user', 'qcode_setup_name', 'qcode_setup_number']
  const unknown = used.filter((name) => !own.includes(name) && !(name in main.options))
  expect(unknown).toEqual([])
})
