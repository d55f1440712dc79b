import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { Tool } from '../../src/catalog/tool.ts'
import { Origin } from '../../src/gateway/origin.ts'
import { printFormats, printTool } from '../../src/plan/print-tool.ts'
import { baseUrlOf, wantedTargets } from '../../src/plan/wanted.ts'
import { completeChoice, methodsOf } from '../../src/request/choose-tools.ts'
import { type Field, fieldsOf } from '../../src/request/fields.ts'
import { parseArguments } from '../../src/request/parse-arguments.ts'
import type { ToolChoice } from '../../src/request/request.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { commandTable } from '../support/command-table.ts'
import { projectFolder, testCatalog } from '../support/test-catalog.ts'
import { createTestHost } from '../support/test-host.ts'

// UPDATE_README=1 writes the tables anew.
const file = join(projectFolder, 'README.md')
const host = createTestHost('/HOME')
const { gateway, tools } = testCatalog

const context = { gateway, host, key: new Secret('cr_YOUR_KEY'), now: host.now() }

function choose(tool: Tool): Promise<ToolChoice> {
  const origin = Origin.ofRegion(gateway.regions[0] as (typeof gateway.regions)[0])
  const input = { values: {}, switches: new Set<string>(), positionals: [] }
  return completeChoice(tool, origin, input, testCatalog, host)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The whole of what is written for a tool, as `print` shows it. */
async function writtenValues(): Promise<string> {
  const blocks = await Promise.all(
    tools.map(async (tool) => {
      const choice = await choose(tool)
      const formats = printFormats(choice, context)
      const shown = formats.some((format) => /^(toml|json|yaml)$/.test(format))
        ? formats.filter(
            (format) =>
              /^(toml|json|yaml)$/.test(format) ||
              (format === 'dotenv' && tool.targets.some((target) => target.format === 'dotenv')),
          )
        : ['dotenv']
      const parts = await Promise.all(
        shown.map(async (format) => {
          const { text, paths } = await printTool(choice, format, context)
          const title = paths.map((path) => `\`${path.replace('/HOME', '~')}\``).join(', ') || 'variables'
          return `${title}\n\n\`\`\`${format}\n${text.trimEnd().replaceAll('/HOME', '/home/you')}\n\`\`\``
        }),
      )
      return `<details><summary>${tool.title}</summary>\n\n${parts.join('\n\n')}\n\n</details>`
    }),
  )
  return blocks.join('\n')
}

async function toolRows(): Promise<string[][]> {
  return Promise.all(
    tools.map(async (tool) => {
      const choice = await choose(tool)
      const wanted = wantedTargets(choice, context).filter(({ when }) => when === undefined)
      const files = [...new Set(wanted.map(({ path }) => `\`${path.replace('/HOME', '~')}\``))]
      const { requests } = baseUrlOf(choice, gateway)
      const scopes = (['user', 'project'] as const).filter((scope) => methodsOf(tool, scope).length > 0)
      return [
        `\`${tool.id}\``,
        tool.title,
        `\`${wanted[0]?.baseUrl}\``,
        `\`${requests}\``,
        files.join(', '),
        scopes.join(', '),
      ]
    }),
  )
}

function flagRows(): string[][] {
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
    `\`--${field.flag}${field.value ? ` ${field.value}` : ''}\``.replaceAll('|', '\\|'),
    String(field.summary).replaceAll('|', '\\|') + (field.default ? ` (default \`${field.default}\`)` : ''),
    commands.length === names.length ? 'all' : commands.join(', '),
  ])
}

const sections: Record<string, () => string | Promise<string>> = {
  tools: async () =>
    table(['Tool', '', 'Base URL (global)', 'The client then requests', 'Files', 'Scopes'], await toolRows()),
  values: writtenValues,
  regions: () =>
    table(
      ['Region', 'Address', ''],
      gateway.regions.map(({ id, origin, audience }) => [`\`${id}\``, `\`${origin}\``, audience]),
    ),
  commands: () =>
    table(
      ['Command', ''],
      commandTable.map(({ name, summary, positional }) => {
        const argument = positional
          ? positional.required
            ? ` ${positional.name}`
            : ` [${positional.name}]`
          : ''
        return [`\`qcode-setup ${name}${argument}\``, String(summary)]
      }),
    ),
  flags: () => table(['Flag', '', 'Commands'], flagRows()),
}

describe('README.md', () => {
  it.each(Object.keys(sections))('has the %s table that the code gives', async (name) => {
    const text = readFileSync(file, 'utf8')
    const marked = new RegExp(`(<!-- ${name} -->\\n)([\\s\\S]*?)(<!-- /${name} -->)`)
    const wanted = `${await sections[name]?.()}\n`
    if (env.UPDATE_README)
      writeFileSync(
        file,
        text.replace(marked, (_, open, __, close) => open + wanted + close),
      )
    expect(marked.exec(readFileSync(file, 'utf8'))?.[2]).toBe(wanted)
  })

  it('shows only command lines that the program takes', () => {
    const text = readFileSync(file, 'utf8')
    const lines = [...text.matchAll(/^(?:npx )?qcode-setup\b([^#<\n]*)/gm)].map(
      (match) => match[1]?.trim() ?? '',
    )
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      const args = line.split(/\s+/).filter(Boolean)
      const spec = commandTable.find(({ name }) => name === args[0]) ?? commandTable[0]
      const rest = spec?.name === args[0] ? args.slice(1) : args
      if (spec) parseArguments(rest, spec, testCatalog)
    }
  })
})

it('names the version of the package for the keychain that is tested', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  const installs = readFileSync(file, 'utf8').match(/(?:-g qcode-setup|-p) @napi-rs\/keyring\S*/g) ?? []
  const version = devDependencies['@napi-rs/keyring']
  expect(installs.map((install) => install.match(/@([\d.]+\d)\b/)?.[1])).toEqual(installs.map(() => version))
  expect(installs.length).toBeGreaterThan(2)
})
