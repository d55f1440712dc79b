import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { expect, it } from 'vitest'
import type { Tool } from '../../../src/catalog/tool.ts'
import type { Region } from '../../../src/gateway/gateway.ts'
import { BaseUrl } from '../../../src/gateway/judge-base-url.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import { printFormats, printTool } from '../../../src/plan/print-tool.ts'
import { baseUrlOf } from '../../../src/plan/wanted.ts'
import { methodsOf } from '../../../src/request/choose-tools.ts'
import { type Field, fieldsOf } from '../../../src/request/fields.ts'
import { en } from '../../../src/texts/en.ts'
import type { Texts } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { exitCodes, usageOf, variablesOf } from '../../../src/ui/render-help.ts'
import { commandTable } from '../../support/command-table.ts'
import { choiceOf, docsContext, howToRenew, table, writtenBy } from '../../support/docs-tables.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'

// UPDATE_DOCS=1 writes the pages anew.
const { gateway, tools, byHand, leftOut } = testCatalog
const words = {
  en: {
    title: 'Reference',
    made: 'Made from the program itself; `npm test` fails where it is out of date.',
    commands: ['Commands', 'Command', 'What it does'],
    flags: ['Flags', 'Flag', 'What it does', 'Commands', 'all'],
    exits: ['Exit codes', 'Code', 'Meaning'],
    variables: ['Environment variables', 'Variable', 'Meaning'],
    regions: ['Regions', 'Region', 'Address', 'Notes'],
    tools: ['Tools', 'Tool', 'Base URL (global)', 'The tool then requests', 'Files', 'Scopes'],
    byHand: ['Tools that are set up by hand', 'Tool', 'Base URL (global)', 'Steps'],
    byHandAbout:
      'Nothing is written for these: a window, an account or a keychain holds their settings. The steps follow their documentation and were not tested.',
    leftOut: ['Tools that are left out, and why', 'Tool', 'Why'],
    values: ['What is written', 'variables'],
  },
  'zh-CN': {
    title: '参考手册',
    made: '本页由程序自身生成；内容过期时 `npm test` 会失败。',
    commands: ['命令', '命令', '作用'],
    flags: ['选项', '选项', '作用', '适用命令', '全部'],
    exits: ['退出码', '退出码', '含义'],
    variables: ['环境变量', '变量', '含义'],
    regions: ['区域', '区域', '地址', '说明'],
    tools: ['工具', '工具', 'Base URL（全球）', '工具实际请求的路径', '文件', '作用范围'],
    byHand: ['需手动设置的工具', '工具', 'Base URL（全球）', '步骤'],
    byHandAbout: '不会为以下工具写入任何内容：其设置保存在窗口、账户或钥匙串中。步骤依据其文档，未经实测。',
    leftOut: ['未收录的工具及原因', '工具', '原因'],
    values: ['写入的内容', '变量'],
  },
} as const

type Language = keyof typeof words

const pages = {
  'docs/reference.md': ['en', en],
  'docs/reference.zh-CN.md': ['zh-CN', zhCN],
} as const satisfies Record<string, readonly [Language, Texts]>

it.each(Object.entries(pages))('%s says what the program says', async (name, [language, texts]) => {
  const file = join(projectFolder, name)
  const wanted = await referencePage(language, texts)
  if (env.UPDATE_DOCS) writeFileSync(file, wanted)
  expect(readFileSync(file, 'utf8'), howToRenew).toBe(wanted)
})

async function referencePage(language: Language, texts: Texts): Promise<string> {
  const page = words[language]
  const section = ([title, ...head]: readonly string[], rows: readonly (readonly string[])[]) =>
    `## ${title}\n\n${table(head, rows)}`
  return `${[
    `# ${page.title}`,
    page.made,
    section(
      page.commands,
      commandTable.map((spec) => [
        `\`qcode-setup ${usageOf(spec.name, testCatalog)}\``,
        spec.summary.in(texts),
      ]),
    ),
    section(page.flags.slice(0, 4), flagRows(texts, page.flags[4])),
    section(
      page.exits,
      exitCodes.map((code) => [String(code), texts[`exit.${code}`]]),
    ),
    section(
      page.variables,
      variablesOf(testCatalog).map(([names, id]) => [
        names.replace(/[A-Z_]+/g, '`$&`'),
        texts[`variable.${id}`],
      ]),
    ),
    section(
      page.regions,
      gateway.regions.map(({ id, origin, audience, audienceZh }) => [
        `\`${id}\``,
        `\`${origin}\``,
        language === 'en' ? audience : audienceZh,
      ]),
    ),
    section(page.tools, await Promise.all(tools.map(toolRow))),
    `## ${page.byHand[0]}\n\n${page.byHandAbout}\n\n${table(page.byHand.slice(1), byHand.map(byHandRow))}`,
    section(
      page.leftOut,
      leftOut.map(({ id, title, why, whyZh }) => [`\`${id}\` ${title}`, language === 'en' ? why : whyZh]),
    ),
    `## ${page.values[0]}`,
    ...(await Promise.all(tools.map((tool) => writtenValues(tool, page.values[1])))),
  ].join('\n\n')}\n`
}

async function toolRow(tool: Tool): Promise<string[]> {
  const { baseUrl, files } = await writtenBy(tool)
  const scopes = (['user', 'project'] as const).filter((scope) => methodsOf(tool, scope).length > 0)
  const { requests } = baseUrlOf(await choiceOf(tool), gateway)
  return [`\`${tool.id}\` ${tool.title}`, baseUrl, `\`${requests}\``, files, scopes.join(', ')]
}

function byHandRow({ id, title, variants }: Tool): string[] {
  const [region] = gateway.regions
  const endpoints = region ? (variants[0]?.endpoints ?? []) : []
  const urls = endpoints.map(
    (one) => `\`${BaseUrl.build(Origin.ofRegion(region as Region), one, gateway).text}\``,
  )
  return [`\`${id}\` ${title}`, urls.join(', '), `\`qcode-setup print ${id}\``]
}

/** The whole of what is written for a tool, as `print` shows it: its files, or the variables of an SDK. */
async function writtenValues(tool: Tool, variables: string): Promise<string> {
  const choice = await choiceOf(tool)
  const ofFiles = printFormats(choice, docsContext).filter(
    (format) =>
      /^(toml|jsonc?|yaml)$/.test(format) ||
      (format === 'dotenv' && tool.targets.some((target) => target.format === 'dotenv')),
  )
  const parts = await Promise.all(
    (ofFiles.some((format) => format !== 'dotenv') ? ofFiles : (['dotenv'] as const)).map(async (format) => {
      const { text, files } = await printTool(choice, format, docsContext)
      const title = files.map(({ path }) => `\`${path.replace('/HOME', '~')}\``).join(', ') || variables
      return `${title}\n\n\`\`\`${format}\n${text.trimEnd().replaceAll('/HOME', '/home/you')}\n\`\`\``
    }),
  )
  return `### ${tool.title}\n\n${parts.join('\n\n')}`
}

function flagRows(texts: Texts, all: string): string[][] {
  const flags = new Map<string, { field: Field; commands: string[] }>()
  const names = commandTable.flatMap(({ name, positional }) =>
    positional?.choices ? Object.keys(positional.choices).map((verb) => `${name} ${verb}`) : [name],
  )
  for (const name of names) {
    for (const [, field] of fieldsOf(name, testCatalog)) {
      const known = flags.get(field.flag)
      if (known) known.commands.push(name)
      else flags.set(field.flag, { field, commands: [name] })
    }
  }
  return [...flags.values()].map(({ field, commands }) => [
    `\`--${field.flag}${field.value ? ` ${field.value}` : ''}\``,
    field.default
      ? texts['help.facts']({
          summary: field.summary.in(texts),
          facts: [texts['help.default']({ value: `\`${field.default}\`` })],
        })
      : field.summary.in(texts),
    commands.length === names.length ? all : commands.join(', '),
  ])
}
