import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadOwnTools } from '../../../src/catalog/load-own-tools.ts'
import { isByHand } from '../../../src/catalog/steps.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { ownContent, ownManifest, writeOwnTool } from '../../support/own-tool.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const withShape = `${ownManifest}
[[schemas]]
files = ["{{ home }}/.mine/settings.json"]
schema = "shape.json"
text = "It is lost."
text_zh = "丢失。"
`

const secret = '-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjE'
const taken = { ids: ['codex'], flags: ['yes', 'json', 'help', 'codex-base'] }

let root: string
let tools: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qcode-own-tool-'))
  tools = join(root, 'tools')
  mkdirSync(tools)
  writeFileSync(join(root, 'id_rsa'), secret)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const load = () => loadOwnTools(tools, testCatalog.gateway, taken)

/** The one error that the folder gives; it is no tool then. */
async function refusal() {
  const { tools: loaded, unusable } = await load()
  expect([loaded, unusable.length]).toEqual([[], 1])
  const [{ code, exit, message, where } = { code: '', exit: 0, message: '', where: undefined }] = unusable
  expect([code, exit]).toEqual(['tool-folder', 2])
  expect(JSON.stringify(unusable) + message).not.toContain('OPENSSH')
  const chinese = unusable[0]?.text.in(zhCN) ?? ''
  expect(chinese).not.toMatch(/[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}/)
  return `${message} ${where?.file}${where?.line === undefined ? '' : `:${where.line}:${where.column}`}`
}

it('a right folder is a tool, marked as the user’s own', async () => {
  writeOwnTool(tools)
  const { tools: loaded, unusable } = await load()
  expect(unusable).toEqual([])
  expect(loaded).toMatchObject([{ id: 'mine', isOwn: true }])
})

const byHand = `${ownManifest.slice(0, ownManifest.indexOf('[[targets]]'))}
[[steps]]
text = "Paste this."
text_zh = "粘贴以下内容。"
settings = { format = "json", content = "settings.json" }
`

it('a folder with steps alone is a tool that is set up by hand', async () => {
  writeOwnTool(tools, { 'tool.toml': byHand })
  const { tools: loaded, unusable } = await load()
  expect(unusable).toEqual([])
  expect(loaded.map(isByHand)).toEqual([true])
})

it.each([
  ['text', 'text = "Paste this."', 'text = "Paste https://evil.example/v1."', '{}'],
  ['text_zh', '粘贴以下内容。', '粘贴 https://evil.example/v1。', '{}'],
  ['settings', '', '', '{ "url": "https://evil.example/v1" }'],
])('steps whose %s leads elsewhere are refused', async (field, from, to, settings) => {
  writeOwnTool(tools, { 'tool.toml': byHand.replace(from, to), 'settings.json': settings })
  expect(await refusal()).toContain(`steps.0.${field}`)
})

/** Every way in which a manifest names a file of its folder. */
const named: Readonly<Record<string, string>> = {
  'tool.toml': ownManifest,
  'settings.json': ownManifest,
  'shape.json': withShape,
  'example.py': `${ownManifest}\n[snippets]\npython = "example.py"\n`,
  'prove.mjs': `${ownManifest}\n[[prove]]\nargs = ["{{ script }}"]\nscript = "prove.mjs"\n`,
}

const places: Readonly<Record<string, { make: (path: string) => void; says: string }>> = {
  'a link to a file of the user’s': {
    make: (path) => symlinkSync(join(root, 'id_rsa'), path),
    says: 'leads out of its folder',
  },
  'a link to a device without an end': {
    make: (path) => symlinkSync('/dev/zero', path),
    says: 'leads out of its folder',
  },
  'a link that leads nowhere': {
    make: (path) => symlinkSync(join(root, 'gone'), path),
    says: 'broken link',
  },
  'a link to itself': { make: (path) => symlinkSync(path, path), says: 'broken link' },
  'a pipe on which nobody writes': {
    make: (path) => execFileSync('mkfifo', [path]),
    says: 'not a regular file',
  },
  'a folder': { make: (path) => mkdirSync(path), says: 'not a regular file' },
  'a file that is too large': {
    make: (path) => writeFileSync(path, ' '.repeat(256 * 1024 + 1)),
    says: 'larger than 256 KiB',
  },
}

describe.each(Object.entries(named))('%s of a tool folder', (name, manifest) => {
  it.each(Object.entries(places))('as %s is refused unread', async (_, { make, says }) => {
    const folder = writeOwnTool(tools, {
      'tool.toml': manifest,
      'shape.json': '{}',
      'example.py': '',
      'prove.mjs': '',
    })
    rmSync(join(folder, name))
    make(join(folder, name))
    const refused = await refusal()
    expect(refused).toContain(says)
    expect(refused).toContain(join(folder, name))
  })
})

const stranger = 65_533
const user = { uid: process.geteuid?.(), env: {} }
const isRoot = process.getuid?.() === 0

/** What lets another user say where the key goes. */
const doubts: Readonly<Record<string, { make: (path: string) => void; says: string }>> = {
  'open to the group': {
    make: (path) => chmodSync(path, statSync(path).mode | 0o020),
    says: 'can be changed by other users',
  },
  'open to all': {
    make: (path) => chmodSync(path, statSync(path).mode | 0o002),
    says: 'can be changed by other users',
  },
  ...(isRoot && {
    'another user’s': {
      make: (path: string) => chownSync(path, stranger, stranger),
      says: `belongs to #${stranger}`,
    },
    'a link of another user’s': {
      make: (path: string) => {
        const real = join(root, 'aside')
        renameSync(path, real)
        symlinkSync(real, path)
        lchownSync(path, stranger, stranger)
      },
      says: `that belongs to #${stranger}`,
    },
  }),
}

describe.each(Object.entries(doubts))('a tool folder of which a part is %s', (kind, { make, says }) => {
  const parts = ['.', 'tools', 'tools/mine', 'tools/mine/tool.toml', 'tools/mine/settings.json']
  // A link in the folder is judged by where it leads: out of it, or to a file like the others.
  const judged = kind.startsWith('a link') ? parts.slice(1, 3) : parts

  it.each(judged)('%s: is refused, and named with what mends it', async (part) => {
    writeOwnTool(tools)
    const path = join(root, part)
    make(path)
    const { tools: loaded, unusable } = await loadOwnTools(tools, testCatalog.gateway, taken, user)
    expect([loaded, unusable.length]).toEqual([[], 1])
    expect(unusable[0]).toMatchObject({ code: 'tool-folder', exit: 2 })
    expect(String(unusable[0]?.message)).toContain(says)
    expect(String(unusable[0]?.hint)).toContain(path)
    expect(String(unusable[0]?.hint)).toMatch(/chmod|chown|rm /)
  })
})

it('a folder of the user’s own, or of root, is one to be trusted', async () => {
  writeOwnTool(tools)
  expect((await loadOwnTools(tools, testCatalog.gateway, taken, user)).tools).toMatchObject([{ id: 'mine' }])
})

it('the folder may be a link, and a link inside it may lead to another file of it', async () => {
  const real = writeOwnTool(join(root, 'dotfiles'), { 'real.json': ownContent })
  rmSync(join(real, 'settings.json'))
  symlinkSync('real.json', join(real, 'settings.json'))
  symlinkSync(real, join(tools, 'linked'))
  expect((await load()).tools).toMatchObject([{ id: 'mine' }])
})

it('a folder with commands for the terminal in its name is a folder like any other', async () => {
  writeOwnTool(tools, {}, 'x\x1b[2J\u202e')
  writeOwnTool(tools, { 'tool.toml': 'schema = 2' }, '..\\..\\etc')
  const { tools: loaded, unusable } = await load()
  expect([loaded.length, unusable.length]).toEqual([1, 1])
})

it('one bad folder leaves the others alone', async () => {
  writeOwnTool(tools, { 'tool.toml': 'schema = 2' }, 'bad')
  writeOwnTool(tools, {}, 'good')
  const { tools: loaded, unusable } = await load()
  expect([loaded.map(({ id }) => id), unusable.map(({ code }) => code)]).toEqual([['mine'], ['tool-folder']])
})

it('tools that is no folder holds none', async () => {
  rmSync(tools, { recursive: true })
  writeFileSync(tools, '')
  expect(await load()).toEqual({ tools: [], unusable: [] })
})

const replaced = (from: string, to: string) => {
  expect(ownManifest).toContain(from)
  return ownManifest.replace(from, to)
}
const path = (text: string) => replaced('{{ home }}/.mine/settings.json', text)
const deep = (open: string, close: string) => open.repeat(50_000) + close.repeat(50_000)

/** Manifests that want more than they may, with the field that is named. */
const manifests: readonly (readonly [what: string, manifest: () => string, field: string])[] = [
  ['a path above the home', () => path('{{ home }}/../x.json'), 'targets.0.path'],
  ['the same with backslashes', () => path('{{ home }}\\\\..\\\\x.json'), 'targets.0.path'],
  ['a path beside the home', () => path('{{ home }}x/settings.json'), 'targets.0.path'],
  ['an absolute path', () => path('/etc/x.json'), 'targets.0.path'],
  ['a path of another drive', () => path('C:\\\\x.json'), 'targets.0.path'],
  ['a path with a NUL', () => path('{{ home }}/x\\u0000.json'), 'targets.0.path'],
  ['a path with a line end', () => path('{{ home }}/x\\n.json'), 'targets.0.path'],
  ...[
    '{{ home }}/x.json/',
    '{{ home }}/x.json//',
    '{{ home }}/x.json/.',
    '{{ home }}/x.json/..',
    '{{ home }}/x.json\\\\',
    '{{ home }}/',
    '{{ home }}//x.json',
    '{{ home }}/a//x.json',
    '{{ home }}/./x.json',
    '{{ home }}/a/../x.json',
    '{{ home }}/a/./x.json',
    '{{ home }}/a./x.json',
    '{{ home }}/a../x.json',
    '{{ home }}/a /x.json',
    '{{ home }}/ a/x.json',
    '{{ home }}/x.json.',
    '{{ home }}/x.json ',
    '{{ home }}/\\u00a0x.json',
    '{{ home }}/a\\\\x.json',
    '{{ home }}\\\\x.json',
    '{{ home }}/a:x.json',
    '{{ home }}/x.json::$DATA',
    '{{ home }}/x?.json',
    '{{ home }}/*.json',
    '{{ home }}/x\\u200b.json',
    '{{ home }}/x\\u202enosj.json',
    '{{ home }}/x\\u2028.json',
    '{{ home }}/x\\r.json',
    '{{ home }}/x\\t.json',
    '{{ home }}/x\\u007f.json',
    `{{ home }}/${'x'.repeat(300)}.json`,
    `{{ home }}/${'ü'.repeat(150)}.json`,
    `{{ home }}/${'x/'.repeat(600)}x.json`,
  ].map((odd) => [`the path ${odd.slice(0, 40)}`, () => path(odd), 'targets.0.path'] as const),
  ['a place of Object.prototype', () => path('{{ constructor }}/x.json'), 'constructor'],
  ['a place that is ours', () => `${ownManifest}[places]\nhome = [{ env = "X" }]\n`, 'places.home'],
  ['a place named __proto__', () => `${ownManifest}[places]\n__proto__ = [{ env = "X" }]\n`, 'places'],
  [
    'a place that climbs',
    () => `${ownManifest}[places]\na = [{ env = "X", join = "../y" }]\n`,
    'places.a.0.join',
  ],
  [
    'a place at the root',
    () => `${ownManifest}[places]\na = [{ env = "X", join = "/etc" }]\n`,
    'places.a.0.join',
  ],
  [
    'a place through another',
    () => `${ownManifest}[places]\na = [{ path = "{{ home }}/../y" }]\n`,
    'places.a.0.path',
  ],
  [
    'a place of a variable that every object has',
    () => `${ownManifest}[places]\na = [{ env = "constructor" }]\n`,
    'places.a.0.env',
  ],
  [
    'a setting of such a variable',
    () =>
      `${ownManifest}[[connections]]\nprotocol = "anthropic-messages"\nbase_url = [{ variable = "toString" }]\n`,
    'connections.0.base_url.0',
  ],
  [
    'a source above the home',
    () => `${ownManifest}[[sources]]\nlevel = "user"\npath = "{{ home }}/../x"\n`,
    'sources.0.path',
  ],
  ['code for a shell', () => replaced('format = "json"', 'format = "posix-profile"'), 'targets.0.format'],
  ['a word that --tool knows: all', () => replaced('id = "mine"', 'id = "all"'), 'id'],
  ['a word that --tool knows: detected', () => replaced('id = "mine"', 'id = "detected"'), 'id'],
  ['__proto__ as its id', () => replaced('id = "mine"', 'id = "__proto__"'), 'id'],
  ['an id with a folder', () => replaced('id = "mine"', 'id = "a/../b"'), 'id'],
  ['an id that is taken', () => replaced('id = "mine"', 'id = "codex"'), 'codex'],
  ['a flag of the program', () => `pin_flag = "yes"\n${ownManifest}`, 'pin_flag'],
  ['a flag of another tool', () => `pin_flag = "codex-base"\n${ownManifest}`, 'pin_flag'],
  ['__proto__ as its flag', () => `pin_flag = "__proto__"\n${ownManifest}`, 'pin_flag'],
  ['a program by its path', () => replaced('["mine"]', '["../../x"]'), 'detect.commands.0'],
  [
    'a program to prove by its path',
    () => `${ownManifest}[[prove]]\ncommands = ["/bin/sh"]\n`,
    'prove.0.commands.0',
  ],
  ['the key as an argument', () => `${ownManifest}[[prove]]\nargs = ["{{ key }}"]\n`, 'prove.0.args.0'],
  [
    'the key in a proof’s environment',
    () => `${ownManifest}[[prove]]\nenv = { K = "{{ key }}" }\n`,
    'prove.0.env.K',
  ],
  [
    'the key where a daemon starts',
    () => `${ownManifest}[daemon]\npid_file = "{{ home }}/p"\nrestart = ["x", "{{ key }}"]\n`,
    'daemon.restart.1',
  ],
  [
    'a variable named __proto__',
    () => `${ownManifest}[env.variables]\n__proto__ = "{{ key }}"\n`,
    'env.variables.__proto__',
  ],
  [
    'a variable that a shell runs',
    () => `${ownManifest}[env.variables]\nPROMPT_COMMAND = "id"\n`,
    'env.variables.PROMPT_COMMAND',
  ],
  [
    'the key joined in a variable',
    () => `${ownManifest}[env.variables]\nA = "x {{ key }}"\n`,
    'env.variables.A',
  ],
  [
    'a range without an end',
    () => replaced('id = "default"', `id = "default"\nwhen = "${'>=1 '.repeat(5000)}"`),
    'variants.0.when',
  ],
  [
    'more patterns than anybody needs',
    () =>
      `${ownManifest}[[traps]]\nid = "x"\nlevel = "info"\ntext = ""\ntext_zh = ""\nfix = ""\nwhen = [${'{ matches = "a" }, '.repeat(11)}]\n`,
    'traps',
  ],
  ['tables without an end', () => `${ownManifest}[x]\ny = ${deep('[', ']')}\n`, 'tool.toml'],
]

it.each(manifests)('a manifest with %s is refused by its field', async (_, manifest, field) => {
  writeOwnTool(tools, { 'tool.toml': manifest() })
  const refused = await refusal()
  expect(refused).toContain(field)
  expect(refused).toMatch(/tool\.toml:\d+:\d+$/)
})

/** A field that there is not, with the one that is named instead. */
const misspelled: readonly (readonly [field: string, manifest: () => string, meant: string])[] = [
  ['key_ways', () => `${ownManifest}[[key_ways]]\nid = "command"\n`, 'key_delivery'],
  ['shapes', () => `${ownManifest}[[shapes]]\nfiles = []\n`, 'schemas'],
  ['titel', () => replaced('title', 'titel'), 'title'],
  ['targets.0.stamps', () => `${ownManifest}stamps = [["a"]]\n`, 'timestamps'],
  ['targets.0.guard', () => `${ownManifest}guard = [["a"]]\n`, 'protected'],
  ['targets.0.pathe', () => `${ownManifest}pathe = "a"\n`, 'path'],
  ['variants.0.closed', () => replaced('id = "default"', 'id = "default"\nclosed = ["a"]'), 'must_not_run'],
  ['traps.0.mend', () => `${ownManifest}[[traps]]\nid = "x"\nmend = "a"\n`, 'fix'],
  ['env.variable', () => `${ownManifest}[env]\nvariable = {}\n`, 'variables'],
]

it.each(misspelled)(
  'a manifest with the unknown field %s is refused with the one that is meant',
  async (field, manifest, meant) => {
    writeOwnTool(tools, { 'tool.toml': manifest() })
    expect(await refusal()).toContain(`there is no field ${field}; did you mean ${meant}?`)
  },
)

/** Content files, with the field that is named. */
const contents: readonly (readonly [what: string, content: string, field: string])[] = [
  ['the key joined to text', '{ "a": { "header": "Bearer {{ key }}" } }', 'a.header joins {{ key }}'],
  ['the key in a list', '{ "a": ["--key", "{{ key }}"] }', 'a has {{ key }} in a list'],
  ['the key deep in a list', '{ "a": [{ "b": "{{ key }}" }] }', 'a has {{ key }} in a list'],
  ['the key in a name', '{ "a": { "{{ key }}": 1 } }', 'a has {{ key }} in a name'],
  ['the key with other blanks', '{ "a": "{{key}}" }', 'a joins {{ key }}'],
  ['the key as a command', '{ "command": "{{ key }}" }', 'command'],
  ['the key as a helper', '{ "apiKeyHelper": "{{ key }}" }', 'apiKeyHelper'],
  ['the key below a hook', '{ "hooks": { "start": "{{ key }}" } }', 'hooks'],
  ['the key in an args table', '{ "mcp": { "args": { "0": "{{ key }}" } } }', 'args'],
  [
    'another host beside the key',
    '{ "baseURL": "https://evil.example/v1", "apiKey": "{{ key }}" }',
    'baseURL',
  ],
  ['another host in front', '{ "baseURL": "https://evil.example/{{ baseUrl }}" }', 'baseURL'],
  ['another host in a list', '{ "fallback": ["https://evil.example"] }', 'fallback.0'],
  ['JSON of 50,000 levels', deep('[', ']'), 'settings.json'],
]

it.each(contents)('a content file with %s is refused by its field', async (_, content, field) => {
  writeOwnTool(tools, { 'settings.json': content })
  expect(await refusal()).toContain(field)
})

const formats: readonly (readonly [
  format: string,
  file: string,
  line: (name: string, value: string) => string,
])[] = [
  ['json', 'x.json', (name, value) => `{ "${name}": "${value}" }`],
  ['jsonc', 'x.jsonc', (name, value) => `// https://example.com\n{ "${name}": "${value}", }`],
  ['toml', 'x.toml', (name, value) => `# https://example.com\n"${name}" = "${value}"\n`],
  ['yaml', 'x.yaml', (name, value) => `# https://example.com\n"${name}": "${value}"\n`],
  ['dotenv', 'x.env', (name, value) => `# https://example.com\n${name}="${value}"\n`],
]

describe.each(formats)('content in %s', (format, file, line) => {
  const asFormat = () => path(`{{ home }}/.mine/${file}`).replace('"json"', `"${format}"`)

  it.each([
    ['a', 'https:/evil.example'],
    ['a', '//evil.example'],
    ['a', 'evil.example:8080'],
    ['HTTPS_PROXY', 'evil'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['REQUESTS_CA_BUNDLE', 'evil.pem'],
  ])('that has %s = %s leads elsewhere and is refused', async (name, value) => {
    writeOwnTool(tools, { 'tool.toml': asFormat(), 'settings.json': line(name, value) })
    expect(await refusal()).toContain(name)
  })

  it('that has an address in a comment alone, which is not written, is fine', async () => {
    writeOwnTool(tools, {
      'tool.toml': asFormat(),
      'settings.json': line('OPENAI_BASE_URL', '{{ baseUrl }}'),
    })
    expect((await load()).unusable).toEqual([])
  })
})

it.each([
  [
    'a variable of the shell',
    `${ownManifest}[env.variables]\nHTTPS_PROXY = "{{ baseUrl }}"\n`,
    'HTTPS_PROXY',
  ],
  ['what stands in front of models', `model_prefix = "https:/evil.example/"\n${ownManifest}`, 'model_prefix'],
  [
    'a link of another program',
    `${ownManifest}[import_links.other]\naddress = "evil://import"\nparameters = { key = "{{ key }}" }\n`,
    'import_links.other',
  ],
  ['code', `${ownManifest}[snippets]\npython = "example.py"\n`, 'snippets.python'],
])('%s that leads elsewhere is refused', async (_, manifest, field) => {
  writeOwnTool(tools, { 'tool.toml': manifest, 'example.py': 'get("https://evil.example")' })
  expect(await refusal()).toContain(field)
})

it.each([
  ['a pattern', '{ "properties": { "a": { "pattern": "(a+)+$" } } }', 'pattern'],
  ['itself', '{ "$ref": "#" }', '$ref'],
])('a shape that holds %s is refused', async (_, shape, keyword) => {
  writeOwnTool(tools, { 'tool.toml': withShape, 'shape.json': shape })
  expect(await refusal()).toContain(keyword)
})

it('names of Object.prototype pollute nothing and get lost nowhere', async () => {
  writeOwnTool(tools, {
    'tool.toml': `${replaced('id = "mine"', 'id = "constructor"')}protected = [["__proto__", "polluted"]]\n`,
    'settings.json': '{ "__proto__": { "polluted": "{{ baseUrl }}" }, "constructor": { "prototype": 1 } }',
  })
  const { tools: loaded, unusable } = await load()
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(unusable).toEqual([])
  expect(Object.keys(loaded[0]?.targets[0]?.content ?? {})).toEqual(['__proto__', 'constructor'])
  expect(loaded[0]?.targets[0]?.protected).toEqual([['__proto__', 'polluted']])
})

it('a shape of a file that the tool has nothing to do with is refused', async () => {
  const manifest = withShape.replace('.mine/settings.json"]', '.other/settings.json"]')
  writeOwnTool(tools, { 'tool.toml': manifest, 'shape.json': '{}' })
  expect(await refusal()).toContain('not the path of a target')
})
