import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import type { Host } from '../../../src/host/host.ts'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { type Ended, runInProcess } from '../../support/run-in-process.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

export const keys = {
  mine: `cr_${'1'.repeat(64)}`,
  work: `cr_${'2'.repeat(64)}`,
  play: `cr_${'3'.repeat(64)}`,
  next: `cr_${'4'.repeat(64)}`,
}
export type KeyName = keyof typeof keys

/** Files with a base URL and with a key, of tools of every kind of place. */
export const files: Readonly<Record<string, readonly string[]>> = {
  'claude-code': ['.claude/settings.json'],
  codex: ['.codex/config.toml', '.codex/.env'],
  aider: ['.config/qcode-setup/aider.env'],
  'openai-sdk': ['.config/qcode-setup/env.sh'],
}
export const tools = Object.keys(files)

/** A home, and a person in it who has several keys. */
export class Machine {
  readonly host: Host
  /** Gateways are asked only where a test has some of its own. */
  private readonly checks: boolean
  private key = ''

  constructor({ checks = false, ...changes }: Partial<Host> & { readonly checks?: boolean } = {}) {
    const home = mkdtempSync(join(tmpdir(), 'qcode-names-'))
    this.checks = checks
    this.host = createTestHost(home, {
      readStdin: async () => new TextEncoder().encode(`${this.key}\n`),
      ...changes,
    })
  }

  drop(): void {
    rmSync(this.host.home, { recursive: true, force: true })
  }

  /** `key`: which one is given on standard input. */
  async try(line: string, key?: KeyName, env: Record<string, string> = {}): Promise<Ended> {
    this.key = key === undefined ? '' : keys[key]
    const [name = ''] = line.split(' ')
    const isWriter = /^(setup|switch|apply|undo|remove)$/.test(name) || /^key (set|rotate|forget)/.test(line)
    const asks = /^(setup|switch|apply|doctor)$/.test(name) || line.startsWith('key rotate')
    const flags = [
      ...(key === undefined ? [] : ['--key-file', '-']),
      ...(isWriter ? ['--yes'] : []),
      ...(asks && !this.checks ? ['--no-check'] : []),
    ]
    const host = { ...this.host, env: { ...this.host.env, ...env } }
    const ended = await runInProcess([line, ...flags].join(' '), host)
    for (const each of Object.values(keys))
      if (!line.startsWith('key get') && !line.includes('--with-key'))
        expect(ended.text, line).not.toContain(each)
    return ended
  }

  async do(line: string, key?: KeyName, env: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const { exit, text } = await this.try(line, key, env)
    expect(exit, `${line}: ${text}`).toBe(0)
    return JSON.parse(text).data
  }

  read(path: string): string {
    return readFileSync(join(this.host.home, path), 'utf8')
  }

  /** That each of these tools has this gateway and this key, and no other. */
  expectAt(named: readonly string[], origin: string, key: KeyName): void {
    for (const tool of named) {
      const text = (files[tool] ?? []).map((path) => this.read(path)).join('\n')
      expect(text, tool).toContain(origin)
      expect(
        Object.values(keys).filter((each) => text.includes(each)),
        tool,
      ).toEqual([keys[key]])
    }
  }

  users() {
    return usersPart(readTree(this.host.home))
  }

  async namesOf(): Promise<Record<string, string | undefined>> {
    const { tools: all } = (await this.do('status')) as { tools: { tool: string; name?: string }[] }
    return Object.fromEntries(all.map(({ tool, name }) => [tool, name]))
  }
}

/** One for a test, gone with it. */
export function newMachine(changes: ConstructorParameters<typeof Machine>[0] = {}): Machine {
  const machine = new Machine(changes)
  onTestFinished(() => machine.drop())
  return machine
}

/** A gateway on loopback that takes this key, and which keys it was sent. */
export interface Watched {
  readonly origin: string
  readonly sent: Set<string>
  close(): Promise<void>
}

/** The stand-in answers; before it every header is looked through for a key. */
export async function watchGateway(key: string): Promise<Watched> {
  const behind = await startStandIn(testCatalog.gateway, key)
  const sent = new Set<string>()
  const server = createServer((incoming, reply) => {
    for (const [found] of JSON.stringify(incoming.headers).matchAll(/cr_\w+/g)) sent.add(found)
    const { method, headers, url = '' } = incoming
    const onward = request(behind.origin + url, { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(reply)
    })
    onward.on('error', () => reply.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await behind.close()
  }
  return { origin: `http://127.0.0.1:${port}`, sent, close }
}
