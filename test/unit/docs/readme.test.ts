import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { describe, expect, it } from 'vitest'
import { type Field, fields } from '../../../src/request/fields.ts'
import { howToRenew, table, writtenBy } from '../../support/docs-tables.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { chineseWords, oddEnglish, oddMarks } from '../../support/voice.ts'

// UPDATE_DOCS=1 writes the tables anew.
const { gateway, tools } = testCatalog
const manifest = JSON.parse(read('package.json'))
const packed: readonly string[] = [...manifest.files, 'README.md', 'LICENSE']

/** What users read; the reference is made from the fields themselves. */
const pages = [
  'README.md',
  'README.zh-CN.md',
  'docs/troubleshooting.md',
  'docs/troubleshooting.zh-CN.md',
  'docs/keys-and-regions.md',
  'docs/trust.md',
  'docs/own-tools.md',
  'docs/dotfiles.md',
  'docs/fleets.md',
]

/** Of every program, and of stow. */
const othersFlags = ['--version', '--no-folding']

const heads = {
  'README.md': { regions: ['Region', 'Address', ''], tools: ['Tool', 'Base URL (global)', 'Files'] },
  'README.zh-CN.md': { regions: ['区域', '地址', ''], tools: ['工具', 'Base URL（全球）', '文件'] },
} as const

describe.each(Object.entries(heads))('%s', (name, head) => {
  const tables = {
    regions: async () =>
      table(
        head.regions,
        gateway.regions.map(({ id, origin, audience, audienceZh }) => [
          `\`${id}\``,
          `\`${origin}\``,
          name === 'README.md' ? audience : audienceZh,
        ]),
      ),
    tools: async () =>
      table(
        head.tools,
        await Promise.all(
          tools.map(async (tool) => {
            const { baseUrl, files } = await writtenBy(tool)
            return [tool.title, baseUrl, files]
          }),
        ),
      ),
  }

  it.each(Object.entries(tables))('has the table of %s that the program gives', async (id, rows) => {
    const marked = new RegExp(`(<!-- ${id} -->\\n)([\\s\\S]*?)(<!-- /${id} -->)`)
    const wanted = `${await rows()}\n`
    if (env.UPDATE_DOCS) {
      const renewed = read(name).replace(marked, (_, open, __, close) => open + wanted + close)
      writeFileSync(join(projectFolder, name), renewed)
    }
    expect(marked.exec(read(name))?.[2], howToRenew).toBe(wanted)
  })

  it('is short, and shows the two commands of a fresh clone on its first screen', () => {
    const lines = read(name).split('\n')
    expect(lines.length).toBeLessThan(150)
    const first = lines.slice(0, 30).join('\n')
    expect(first).toContain('npm ci && node bin/qcode-setup.js demo')
    expect(first).toContain('npm ci && npm test')
  })

  it('has no link that only works in a clone: npm shows it too, and the package has each page', () => {
    const links = [...read(name).matchAll(/(?:\]\(|src="|srcset=")([^)"]+)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(8)
    for (const link of links) {
      const page = /^https:\/\/unpkg\.com\/qcode-setup\/([^#]+)(?:#(.+))?$/.exec(link)
      if (page) expectPage(page[1] ?? '', page[2])
      else expect(link).toBe('https://qcode.cc')
    }
  })
})

/** A file that the package brings, with the heading that a link leads to. */
function expectPage(path: string, anchor: string | undefined): void {
  expect(
    packed.some((entry) => path === entry || path.startsWith(`${entry}/`)),
    path,
  ).toBe(true)
  expect(existsSync(join(projectFolder, path)), path).toBe(true)
  if (anchor) expect(anchorsOf(read(path))).toContain(anchor)
}

function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Whether some command has the flag, and takes the value where one is written out. */
function isTaken(span: string): boolean {
  const [flag = '', value] = span.slice(2).split(/[ =]/)
  const found = Object.values<Field>(fields).filter((field) => field.flag === flag)
  const isAny = value === undefined || /^[A-Z]+$/.test(value)
  return found.some(({ choices }) => isAny || !choices || choices(testCatalog).includes(value))
}

// Whole commands are typed in test/long/docs.
it.each(pages)(
  '%s names no flag by itself that no command takes, and no value that its flag does not take',
  (page) => {
    const spans = [...read(page).matchAll(/`(--[a-z][^`]*)`/g)].map(([, span = '']) => span)
    expect(spans.filter((span) => !isTaken(span) && !othersFlags.includes(span))).toEqual([])
  },
)

/** The lines of a page without what is typed, without comments, and without what a client shows. */
function proseOf(page: string): string[] {
  const text = read(page).replace(/```[\s\S]*?```|<!--[\s\S]*?-->|“[^”]*”|`[^`]*`|\]\([^)]*\)/g, '')
  return text.split('\n')
}

it.each([...pages, 'SECURITY.md'])('%s has the words that the program has', (page) => {
  const isOdd = page.includes('zh-CN')
    ? (line: string) => oddMarks(line) || chineseWords.some(([, others]) => others.test(line))
    : (line: string) => oddEnglish.test(line)
  expect(proseOf(page).filter(isOdd)).toEqual([])
})

it('every relative link in docs/ leads to a file', () => {
  for (const page of readdirSync(join(projectFolder, 'docs')).filter((file) => file.endsWith('.md'))) {
    for (const [, link = ''] of read(`docs/${page}`).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(projectFolder, 'docs', link)), `${page}: ${link}`).toBe(true)
    }
  }
})

it('the pages name the version of the keychain package that is tested', () => {
  const wanted = manifest.devDependencies['@napi-rs/keyring']
  const installs = read('docs/keys-and-regions.md').match(/@napi-rs\/keyring\S*/g) ?? []
  expect(installs.length).toBeGreaterThan(0)
  expect(new Set(installs)).toEqual(new Set([`@napi-rs/keyring@${wanted}`]))
})

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8')
}
