import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse, stringify } from 'smol-toml'
import type { Value } from '../../../src/documents/document.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { mutated } from '../documents/mutate.ts'

/** The files of a tool's folder, by name. */
export type ToolFolder = Readonly<Record<string, string>>

const templates = join(projectFolder, 'templates')
const folders: readonly ToolFolder[] = testCatalog.tools.map(({ id }) => readFolder(join(templates, id)))

function readFolder(folder: string): ToolFolder {
  const names = readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** One change in the data of a manifest: where, and what. */
interface Twist {
  readonly walk: readonly number[]
  readonly kind: 'replace' | 'delete' | 'add' | 'double'
  readonly key: string
  readonly value: Value
}

const words = [
  '',
  ' ',
  'x',
  '../x',
  '/',
  '/api',
  '/api/v1',
  '/v1/messages',
  '/messages',
  '/openai/v1',
  'user',
  'project',
  'toml',
  'json',
  'yaml',
  'dotenv',
  'posix-env',
  'posix-profile',
  'absent.toml',
  'tool.toml',
  '.',
  'request',
  '*',
  '>=1',
  '1 - 2 || >',
  '(',
  '[a-z',
  '(a+)+$',
  'openai-chat',
  'anthropic-messages',
  'openai/v1',
  'default',
  '{{ home }}',
  '{{ home }}/x',
  '{{ home }}/../x',
  '{{ nowhere }}',
  '{{ nowhere }}/x',
  '{{ constructor }}/x',
  '{{ __proto__ }}',
  '{{ gitRoot }}/a',
  '{{ claudeDir }}/x',
  '{{ baseUrl }}',
  '{{ baseUrl:openai-chat }}',
  '{{ baseUrl:none }}',
  '{{ baseUrl@none }}',
  '{{ baseUrl@ }}',
  '{{ baseUrlx }}',
  '{{ key }}',
  'x{{ key }}',
  '{{ model }}',
  '{{ keyCommand }}',
  'x{{ keyArguments }}',
  '{{ keyArguments }}',
  'y {{ now }}',
  '{{ prompt }}',
  '{{x}}',
  'A_NAME',
  'a-b',
  '__proto__',
  'constructor',
  'toString',
  'codex',
  'claude-code',
  'x'.repeat(5000),
  'a\nb',
  '\0',
  '键',
  '\u202e',
]

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  fc.constantFrom<Value>(
    0,
    -1,
    1,
    2,
    0.5,
    601,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    false,
    [],
    {},
    [[]],
    [{}],
    ['x'],
    [1],
    { env: 'HOME' },
    { path: '{{ home }}' },
  ),
  fc.array(fc.constantFrom(...words), { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom('env', 'key', 'path', 'variable', 'protocol', 'prefix', 'appends', ...words.slice(-8)),
    fc.constantFrom(...words),
    { maxKeys: 3 },
  ),
)

const twist: fc.Arbitrary<Twist> = fc.record({
  walk: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'add', 'double'),
  key: fc.constantFrom(
    'variants',
    'targets',
    'places',
    'env',
    'when',
    'scope',
    'prove',
    'snippets',
    'import_links',
    'notes',
    'key_delivery',
    'traps',
    'sources',
    'python',
    ...words,
  ),
  value,
})

const twisted = fc.tuple(fc.constantFrom(...folders), fc.array(twist, { maxLength: 4 })).map(
  ([folder, twists]): ToolFolder => ({
    ...folder,
    'tool.toml': stringify(twists.reduce<Value>(apply, parse(folder['tool.toml'] ?? '') as Value) as object),
  }),
)

const contents = [...new Set(folders.flatMap((folder) => Object.values(folder)))]

/** Folders of tools with a fault or two: in what the manifest says, in the text of a file, or a file that is not there. */
export const toolFolders: fc.Arbitrary<ToolFolder> = fc
  .tuple(twisted, fc.nat(5), fc.nat(), mutated(fc.constantFrom(...contents), contents, words.slice(0, 60)))
  .chain(([folder, kind, pick, other]) => {
    const names = Object.keys(folder)
    const name = names[pick % names.length] ?? 'tool.toml'
    if (kind === 0)
      return mutated(fc.constant(folder[name] ?? ''), contents, words.slice(0, 60)).map((text) => ({
        ...folder,
        [name]: text,
      }))
    if (kind === 1) return fc.constant({ ...folder, [name]: other })
    if (kind === 2)
      return fc.constant(Object.fromEntries(Object.entries(folder).filter(([each]) => each !== name)))
    return fc.constant(folder)
  })

function apply(data: Value, { walk, kind, key, value: wanted }: Twist): Value {
  const [index = 0, ...rest] = walk
  if (typeof data !== 'object' || data === null) return wanted
  const entries: (readonly [string, Value])[] = Object.entries(data)
  const at = entries.length === 0 ? 0 : index % entries.length
  const [name = key, inner] = entries[at] ?? []
  if (rest.length > 0 && typeof inner === 'object' && inner !== null) {
    entries[at] = [name, apply(inner, { walk: rest, kind, key, value: wanted })]
  } else if (kind === 'delete') entries.splice(at, 1)
  else if (kind === 'double' && inner !== undefined) entries.push([Array.isArray(data) ? '' : key, inner])
  else if (kind === 'add') entries.push([key, wanted])
  else entries[at] = [name, wanted]
  return Array.isArray(data) ? entries.map(([, each]) => each) : Object.fromEntries(entries)
}
