import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { type FakeRegions, startRegions } from '../../support/fake-regions.ts'
import { opened } from '../../support/opened.ts'
import { programPath } from '../../support/run-program.ts'
import { hasSecretService, type SecretService, startSecretService } from '../../support/secret-service.ts'
import { keys, startTerminal, type TerminalRun } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

// Every command line that these pages show is typed into a terminal, where something is set up and everything can be reached.
const pages = [
  'README.md',
  'README.zh-CN.md',
  'docs/keys-and-regions.md',
  'docs/own-tools.md',
  'docs/troubleshooting.md',
  'docs/troubleshooting.zh-CN.md',
  'docs/trust.md',
]

/** What a page shows: the lines of its shell blocks, and each whole command in its text and tables. */
function commandsIn(page: string): string[] {
  const text = readFileSync(join(projectFolder, page), 'utf8')
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'))
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
  const typed = [...blocks, ...spans.filter((span) => /^(\w+=\S+ )*(npx|qcode-setup) /.test(span))]
  return [...new Set(typed.map((line) => line.replace(/\s+#.*$/, '').trim()).filter(Boolean))]
}

const shown = new Map<string, string>()
for (const page of pages) for (const line of commandsIn(page)) shown.set(line, shown.get(line) ?? page)

let regions: FakeRegions
beforeAll(async () => {
  const ids = testCatalog.gateway.regions.map(({ id }) => id)
  const listener = Object.fromEntries(
    ids.map((id) => [
      id,
      (request: { headers: NodeJS.Dict<unknown> }, reply: import('node:http').ServerResponse) => {
        const hasKey = request.headers.authorization ?? request.headers['x-api-key']
        const body = {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'messages is required' },
        }
        reply.writeHead(hasKey ? 400 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      },
    ]),
  )
  regions = await startRegions(listener)
})
afterAll(() => regions.close())

/** A home with a tool of the user's own, the key in a file, and the programs that the pages name. */
async function makeHome(line: string): Promise<{ home: string; env: Record<string, string> }> {
  const home = join(createHome({ 'home/key.txt': `${testKey}\n` }), 'home')
  const bin = join(home, 'bin')
  mkdirSync(bin)
  const scripts = {
    'qcode-setup': `exec '${process.execPath}' '${programPath}' "$@"`,
    npx: 'case "$1" in --registry=*) shift;; esac; exec "$@"',
    // What they install and test is the business of other tests.
    npm: 'case "$1" in ci|test|install) exit 0;; esac; exit 64',
    // A tool and a program of the user's, where a page starts them.
    ...(/ run /.test(line) && { claude: 'exit 0', python: 'exit 0' }),
    node: `cd '${projectFolder}' && exec '${process.execPath}' "$@"`,
  }
  for (const [name, body] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const folder = join(home, '.config/qcode-setup/tools/my-editor')
  mkdirSync(folder, { recursive: true })
  const [manifest, content] = [
    ...readFileSync(join(projectFolder, 'docs/own-tools.md'), 'utf8').matchAll(
      /```(?:toml|json)\n([\s\S]*?)```/g,
    ),
  ]
  writeFileSync(join(folder, 'tool.toml'), manifest?.[1] ?? '')
  writeFileSync(join(folder, 'settings.json'), content?.[1] ?? '')
  const env = { ...regions.env, PATH: `${bin}:/usr/bin:/bin` }
  return { home, env }
}

/** Types a line into a shell, and leaves by Ctrl-C where it asks something. */
async function type(line: string, home: string, env: Record<string, string>): Promise<[number, string]> {
  const run = startTerminal({ home, env, command: ['/bin/bash', '-c', line], columns: 120 })
  const exit = await Promise.race([run.exit, asked(run).then(() => undefined)])
  if (exit !== undefined) return [exit, run.screen()]
  run.press(keys.ctrlC)
  return [await run.exit, run.screen()]
}

function closing(service: SecretService) {
  return { ...service, close: service.stop }
}

async function asked(run: TerminalRun): Promise<void> {
  await Promise.race([run.waitFor('? '), new Promise<never>(() => {})]).catch(
    () => new Promise<never>(() => {}),
  )
}

describe('a command line that a page shows', () => {
  it.each([...shown])('works as it is typed: %s (%s)', async (line) => {
    const { home, env } = await makeHome(line)
    const before = ['qcode-setup --tool claude-code --tool codex --region us --key-file key.txt --yes']
    const usesKeychain = /key (get|set|forget)|keychain/.test(line)
    if (usesKeychain && hasSecretService) {
      const service = await opened(startSecretService(home).then(closing))
      Object.assign(env, service.env)
      before.push('qcode-setup key set --key-file key.txt --yes')
    }
    // A name is saved before it is used.
    if (/ (--name|switch) work\b/.test(line) && !line.includes('key set')) {
      before.push('qcode-setup key set --name work --region eu --key-file key.txt --yes')
    }
    for (const step of before) {
      const [ready, first] = await type(step, home, env)
      expect(ready, first).toBe(0)
    }
    const [exit, screen] = await type(line, home, env)
    // Left at its first question, or done; a machine without a keychain says so.
    // The editor of the page is installed nowhere, so nothing can be proven.
    const isAbsent = line.includes('prove --tool my-editor')
    const ends = (usesKeychain && !hasSecretService) || isAbsent ? [1, 130] : [0, 130]
    expect(ends, screen).toContain(exit)
    expect(screen).not.toContain(en['help.usage.any'])
  })

  it('is looked for on every page', () => {
    for (const page of pages) expect(commandsIn(page).length, page).toBeGreaterThan(0)
  })
})
