import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileToolFolders } from '../../../src/catalog/compile-catalog.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { examine, makeSituation } from './doctor-home.ts'
import { gatewayKey } from './trap-table.ts'

const manifest = `
schema = 1
id = "mine"
title = "My Client"
docs = "https://example.com"
auth = "bearer"
[detect]
folders = ["{{ home }}/.mine"]
[[variants]]
id = "default"
title = "every version"
endpoints = [{ protocol = "openai-chat", prefix = "/openai/v1", appends = "/chat/completions" }]
`
const diagnosis = `
[[sources]]
level = "user"
path = "{{ home }}/.mine/config.yaml"
format = "yaml"
[[sources]]
level = "environment"
variables = []
[[connections]]
protocol = "openai-chat"
base_url = [{ key = ["api", "base"] }]
keys = [{ variable = "MINE_KEY" }]
[[traps]]
id = "mine-in-offline-mode"
level = "warning"
when = [{ keys = [["offline"]], is = "on" }]
text = "{{ found }} is on."
text_zh = "{{ found }} 已开启。"
fix = "Take it out."
`

/** A home with one tool of the user's own, and the findings about it. */
async function examineOwn(toml: string) {
  const host = makeSituation({
    files: {
      'tools/mine/tool.toml': toml,
      '.mine/config.yaml': 'api:\n  base: https://eu.qcode.cc/openai\noffline: true\n',
    },
    env: { MINE_KEY: gatewayKey },
  })
  const tools = await compileToolFolders(join(host.home, 'tools'), testCatalog.gateway)
  return examine(host, { ...testCatalog, tools })
}

it('a tool of the user is examined by its folder alone', async () => {
  const { findings, tools, exit } = await examineOwn(manifest + diagnosis)
  expect(tools).toMatchObject([{ tool: 'mine', key: { source: { name: 'MINE_KEY' } } }])
  expect(findings.filter(({ tool }) => tool === 'mine').map(({ id }) => id)).toEqual([
    'base-url-missing-v1',
    'mine-in-offline-mode',
  ])
  expect(exit).toBe(3)
})

it('a tool that does not say how it finds its settings is only found', async () => {
  const { tools, exit } = await examineOwn(manifest)
  expect(tools).toMatchObject([{ tool: 'mine', installed: true, protocol: null, baseUrl: null }])
  expect(exit).toBe(0)
})

const trap = (condition: string) =>
  `[[traps]]\nid = "other"\nlevel = "info"\nwhen = [${condition}]\ntext = ""\ntext_zh = ""\nfix = ""\n`

it.each([
  ['traps.1.when.0.matches', trap('{ keys = [["a"]], matches = "(" }')],
  ['traps.1.when.0.is', trap('{ keys = [["a"]], is = "sometimes" }')],
  ['traps.1.when', trap('')],
  ['connections.1.base_url.0', '[[connections]]\nprotocol = "openai-chat"\nbase_url = [{}]\n'],
])('a folder that is wrong at %s is refused', async (field, addition) => {
  await expect(examineOwn(manifest + diagnosis + addition)).rejects.toMatchObject({
    code: 'tool-folder',
    message: expect.stringContaining(field),
  })
})
