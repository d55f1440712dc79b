import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the folders of a user's own tools stand in a home. */
export const ownTools = (home: string) => join(home, '.config/qcode-setup/tools')

/** The manifest of a tool of a user's own: one JSON file below the home. `text`, in TOML's spelling, is shown to people. */
export const manifestOf = (id: string, text: string) => `schema = 1
id = "${id}"
title = "${text}"
docs = "${text}"
auth = "x-api-key"

[detect]
commands = ["${id}"]
folders = ["{{ home }}/.${id}"]

[[variants]]
id = "default"
title = "${text}"
endpoints = [{ protocol = "anthropic-messages", prefix = "/api/v1", appends = "/messages" }]

[[targets]]
scope = "user"
path = "{{ home }}/.${id}/settings.json"
format = "json"
content = "settings.json"
`

export const ownManifest = manifestOf('mine', 'Mine')

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
