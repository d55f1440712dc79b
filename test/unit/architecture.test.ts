import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandNames } from '../../src/commands/command-table.ts'
import { projectFolder, testCatalog } from '../support/test-catalog.ts'

const src = join(projectFolder, 'src')

/** Which folders of src/ each folder may import from; `*` marks types only. */
const arrows: Record<string, readonly string[]> = {
  'main.ts': [
    'apply',
    'catalog',
    'command.ts',
    'commands',
    'debug.ts',
    'errors.ts',
    'texts',
    'finding.ts*',
    'host',
    'request',
    'secrets',
    'ui',
  ],
  commands: [
    'command.ts',
    'apply',
    'catalog',
    'checks',
    'documents',
    'effect',
    'errors.ts',
    'texts',
    'finding.ts',
    'ledger.ts',
    'gateway',
    'host',
    'plan',
    'request',
    'secrets',
    'ui',
    'wizard',
  ],
  'command.ts': [
    'apply*',
    'catalog*',
    'errors.ts*',
    'texts',
    'finding.ts*',
    'gateway*',
    'host*',
    'request',
    'secrets*',
  ],
  wizard: [
    'finding.ts',
    'ledger.ts',
    'catalog',
    'command.ts*',
    'errors.ts',
    'texts',
    'gateway',
    'host',
    'plan*',
    'apply*',
    'checks',
    'request',
    'secrets',
    'ui',
    'documents',
  ],
  ui: [
    'apply*',
    'catalog',
    'checks*',
    'command.ts*',
    'effect*',
    'errors.ts',
    'texts',
    'finding.ts',
    'ledger.ts',
    'gateway*',
    'host',
    'plan*',
    'request',
    'secrets',
  ],
  checks: [
    'catalog',
    'documents',
    'effect',
    'errors.ts',
    'texts',
    'finding.ts',
    'ledger.ts',
    'gateway',
    'host',
    'plan',
    'request',
    'secrets',
  ],
  plan: [
    'catalog',
    'documents',
    'effect',
    'errors.ts',
    'texts',
    'finding.ts',
    'ledger.ts',
    'gateway',
    'host',
    'request*',
    'secrets',
  ],
  effect: [
    'debug.ts',
    'catalog',
    'documents',
    'errors.ts',
    'texts',
    'finding.ts',
    'ledger.ts',
    'gateway',
    'host',
    'secrets',
  ],
  apply: ['debug.ts', 'documents', 'errors.ts', 'texts', 'host', 'ledger.ts', 'plan*', 'secrets'],
  request: [
    'debug.ts',
    'catalog',
    'documents',
    'errors.ts',
    'texts',
    'finding.ts',
    'gateway',
    'host',
    'secrets',
  ],
  catalog: ['debug.ts', 'documents', 'errors.ts', 'texts', 'gateway', 'host'],
  gateway: ['debug.ts', 'errors.ts', 'texts', 'secrets'],
  documents: ['errors.ts', 'texts'],
  secrets: ['debug.ts', 'errors.ts', 'texts', 'host'],
  host: ['debug.ts', 'errors.ts', 'texts'],
  'debug.ts': ['texts'],
  'errors.ts': ['texts'],
  texts: [],
  'ledger.ts': ['documents*'],
  'finding.ts': ['errors.ts', 'texts*'],
}

interface Source {
  readonly file: string
  readonly area: string
  readonly text: string
}

const sources: Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, area: file.split(/[/\\]/)[0] ?? '', text: readFileSync(join(src, file), 'utf8') }))

function importsOf({ file, text }: Source): { area: string; typeOnly: boolean }[] {
  const found = text.matchAll(
    /^(import type|import|export)\b[^;'"]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm,
  )
  return [...found].map((match) => {
    const target = relative(src, resolve(src, dirname(file), match[2] ?? match[3] ?? ''))
    return { area: target.split(/[/\\]/)[0] ?? '', typeOnly: match[1] === 'import type' }
  })
}

/** The files of src/ that each file imports, by `import type` too: one that needs the types of another cannot be read without it. */
const importedFiles = new Map(
  sources.map(({ file, text }) => {
    const specifiers = text.matchAll(/^(?:import|export)\b[^;'"]*?from '(\.[^']+)'/gm)
    const files = [...specifiers].map((match) => relative(src, resolve(src, dirname(file), match[1] ?? '')))
    return [file, files] as const
  }),
)

/** The first circle of imports that goes through a file, as a list that begins and ends with it. */
function circleThrough(start: string): string[] | undefined {
  const ways = [[start]]
  const seen = new Set<string>()
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of importedFiles.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return [...way, next]
      if (!seen.has(next)) ways.push([...way, next])
      seen.add(next)
    }
  }
  return undefined
}

function occurrences(pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)
}

const layers =
  'docs/architecture.md shows the layers; `arrows` in test/unit/architecture.test.ts has every pair'
const instead = (what: string) => `these files of src/ do what only one place may: ${what}`

describe('the architecture', () => {
  it.each(sources.map((source) => [source.file, source] as const))(
    '%s imports only downwards',
    (_, source) => {
      const allowed = arrows[source.area] ?? []
      const wrong = importsOf(source).filter(
        ({ area, typeOnly }) =>
          area !== source.area && !allowed.includes(area) && !(typeOnly && allowed.includes(`${area}*`)),
      )
      const why = `src/${source.file} may not import from these folders of src/: move what it needs down, or have it handed in. ${layers}`
      expect(wrong, why).toEqual([])
    },
  )

  it('has no circle between files, of types neither', () => {
    const circles = sources.flatMap(({ file }) => {
      const circle = circleThrough(file)
      return circle ? [circle.join(' -> ')] : []
    })
    expect(circles, 'move what both files need into a third one, or into the lower of the two').toEqual([])
  })

  it('has no circle between folders', () => {
    const names = Object.keys(arrows)
    const reach = (from: string, seen: Set<string> = new Set()): Set<string> => {
      for (const to of arrows[from] ?? []) {
        const name = to.replace('*', '')
        if (!seen.has(name)) reach(name, seen.add(name))
      }
      return seen
    }
    expect(names.filter((name) => reach(name).has(name))).toEqual([])
  })

  it('names no tool outside templates/', () => {
    const ids = testCatalog.tools.map(({ id }) => id).filter((id) => id.includes('-') || id === 'codex')
    const found = occurrences(new RegExp(`['"\`](${ids.join('|')})['"\`]`))
    expect(found, 'these files of src/ name a tool: what is true of one is a field of its tool.toml').toEqual(
      [],
    )
  })

  it('touches the process only in host/node.ts, and the exit code only in main.ts', () => {
    const ask = instead('ask `host`, return an outcome with `report`, `findings` and `exit` (src/command.ts)')
    expect(occurrences(/from 'node:process'/), ask).toEqual(['host/node.ts'])
    expect(occurrences(/\bprocess\.(?!exitCode\b)\w+/), ask).toEqual(['host/node.ts'])
    expect(occurrences(/\bprocess\.exitCode\b/), ask).toEqual(['main.ts'])
    expect(occurrences(/\bconsole\.\w+/), ask).toEqual([])
  })

  it('writes to the screen through one gate', () => {
    const found = occurrences(/(?<!keychain|dialect|line)\.write\((?!file\b)/)
    expect(found, instead('return a `report`, or call `writeText` of ui/write-text.ts')).toEqual([
      'ui/write-text.ts',
    ])
  })

  it('joins and judges URLs only in gateway/', () => {
    const outside = occurrences(/new URL\(|\+ (\w+\.)?prefix|\bprefix \+(?! appends\b)/).filter(
      (file) => !file.startsWith('gateway/'),
    )
    const why = instead('`BaseUrl` and `Origin` of src/gateway join and judge URLs')
    expect(
      outside.filter((file) => file !== 'main.ts'),
      why,
    ).toEqual([])
  })

  it('writes files only in apply/', () => {
    const writing = occurrences(
      /\b(writeFile|writeFileSync|appendFile|rename|unlink|symlink|chmod|outputFile)\b\(/,
    )
    const why = instead('make a plan and hand it to `applyChoices`, or the edits to `committer.apply`')
    expect(
      writing.filter((file) => !file.startsWith('apply/')),
      why,
    ).toEqual([])
  })

  it('reveals a key only where it is written or sent', () => {
    const why =
      'hand the Secret on instead; a place that has to reveal it is added here by hand, and looked at'
    expect(occurrences(/Secret\.reveal\b/).sort(), why).toMatchInlineSnapshot(`
      [
        "commands/export.ts",
        "commands/key.ts",
        "gateway/fetch-models.ts",
        "gateway/key-limits.ts",
        "gateway/probe-route.ts",
        "plan/placeholders.ts",
        "secrets/keychain.ts",
        "secrets/mask-text.ts",
        "secrets/read-key.ts",
        "secrets/secret.ts",
      ]
    `)
  })

  it('has few and deep files: neither crumbs nor heaps', () => {
    // The texts of a language are a table, as long as there are sentences.
    const rooms = sources.filter(({ file }) => !/texts[\\/](en|zh-CN)\.ts$/.test(file))
    const lines = rooms.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b)
    const share = lines.filter((count) => count < 30).length / lines.length
    const median = lines[Math.floor(lines.length / 2)]
    const see = 'see docs/architecture.md'
    const full = `src/ has ${lines.length} files, more than five a command: join small ones before adding one; ${see}`
    expect(lines.length, full).toBeLessThanOrEqual(160 + 5 * commandNames.length)
    const middle = `half of the files of src/ have more than ${median} lines, and half fewer; ${see}`
    expect(median, middle).toBeGreaterThanOrEqual(60)
    expect(median, middle).toBeLessThanOrEqual(130)
    const heaps = `one in ten files of src/ has more lines than that: say things once before dividing them; ${see}`
    expect(lines[Math.floor(lines.length * 0.9)], heaps).toBeLessThanOrEqual(260)
    expect(lines.at(-1), `the longest file of src/ has too many lines; ${see}`).toBeLessThanOrEqual(330)
    expect(share, `too many files of src/ have less than 30 lines: join them; ${see}`).toBeLessThanOrEqual(
      0.12,
    )
  })
})
