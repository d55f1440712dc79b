import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The manifest of a tool of a user's own: one JSON file below the home. */
export const ownManifest = `schema = 1
id = "mine"
title = "Mine"
docs = "https://example.com/mine"
auth = "x-api-key"

[detect]
commands = ["mine"]

[[variants]]
id = "default"
title = "every version"
endpoints = [{ protocol = "anthropic-messages", prefix = "/api/v1", appends = "/messages" }]

[[targets]]
scope = "user"
path = "{{ home }}/.mine/settings.json"
format = "json"
content = "settings.json"
`

export const ownContent = '{ "baseURL": "{{ baseUrl }}", "apiKey": "{{ key }}" }\n'

/** Writes a tool folder; `files` come on top of, or in place of, the manifest and its content. Gives the folder. */
export function writeOwnTool(
  tools: string,
  files: Readonly<Record<string, string>> = {},
  name = 'mine',
): string {
  const all = { 'tool.toml': ownManifest, 'settings.json': ownContent, ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(tools, name, path)), { recursive: true })
    writeFileSync(join(tools, name, path), text)
  }
  return join(tools, name)
}
