import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { close, listen } from '../../support/faulty-gateway.ts'
import { projectPath } from '../../support/run-program.ts'

interface LockEntry {
  readonly version: string
  readonly dev?: boolean
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

const manifest = readJson('package.json')
const lock = readJson('package-lock.json').packages as Record<string, LockEntry>
const components = readJson('sbom.cdx.json').components as { name: string; group?: string; version: string }[]
const shipped = components.map(({ group, name, version }) => ({
  name: group ? `${group}/${name}` : name,
  version,
}))

const cache = mkdtempSync(join(tmpdir(), 'qcode-npm-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

describe('what is installed', () => {
  it('runs nothing: neither we nor anything that ships has a script for it', () => {
    const ours = Object.keys(manifest.scripts as object).filter((name) => /install/.test(name))
    expect([ours, existsSync(join(projectPath, 'binding.gyp'))]).toEqual([[], false])
    const entries = Object.entries(lock).filter(([path, { dev, version }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      const isShipped = shipped.some((each) => each.name === name && each.version === version)
      // What reaches the keychain is a package for each system, installed where somebody wants it.
      return path !== '' && (!dev || isShipped || name.startsWith('@napi-rs/keyring-'))
    })
    expect(entries.length).toBeGreaterThan(shipped.length)
    expect(entries.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
    expect(entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
  })

  it('is named by the lock file, to the version: npm ci takes it', async () => {
    const { exitCode, stderr } = await execa(
      'npm',
      ['ci', '--dry-run', '--ignore-scripts', '--offline', '--no-audit', '--no-fund'],
      { cwd: projectPath, env: { npm_config_cache: cache }, reject: false },
    )
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('npm error')])
    const versions = manifest.devDependencies as object
    for (const [name, version] of Object.entries(versions)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

/** Asks a registry on loopback for advisories; gives what was asked and what was said. */
async function askRegistry(status: number, advisories: object) {
  const asked: Record<string, string[]>[] = []
  const server = createServer(async (request, reply) => {
    const isQuestion = request.method === 'POST'
    if (isQuestion) asked.push(await readBody(request))
    const answer = isQuestion ? advisories : packument(request.url ?? '')
    reply
      .writeHead(isQuestion ? status : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer))
  })
  const registry = `http://127.0.0.1:${await listen(server)}/`
  try {
    const { exitCode, stdout } = await execa('node', ['scripts/release/ask-registry.mjs', 'advisories'], {
      cwd: projectPath,
      env: { npm_config_registry: registry, npm_config_cache: cache },
      reject: false,
    })
    return { exit: exitCode, said: stdout, asked }
  } finally {
    await close(server)
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, string[]>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(gunzipSync(Buffer.concat(chunks)).toString())
}

function packument(url: string) {
  const name = decodeURIComponent(url.slice(1))
  const { version = '' } = shipped.find((each) => each.name === name) ?? {}
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { name, version } } }
}

describe.concurrent('the question for advisories', () => {
  it('names every package that ships, those in the bundle as well', async () => {
    const { exit, said, asked } = await askRegistry(200, {})
    expect([exit, said]).toEqual([0, expect.stringContaining('advisories: none known')])
    for (const { name, version } of shipped) expect(asked[0]?.[name], name).toContain(version)
    expect(Object.keys(asked[0] ?? {})).toContain('@napi-rs/keyring-linux-x64-gnu')
  })

  it('fails where one is known', async () => {
    const advisory = {
      id: 1,
      url: 'https://example.com',
      title: 'bad',
      severity: 'low',
      vulnerable_versions: '*',
    }
    const { exit, said } = await askRegistry(200, { semver: [{ ...advisory, cwe: [], cvss: { score: 0 } }] })
    expect([exit, said]).toEqual([1, 'advisories: FOUND semver (low)'])
  })

  it('fails and says so where the registry does not answer it', async () => {
    const { exit, said } = await askRegistry(405, {})
    expect([exit, said]).toEqual([1, expect.stringContaining('advisories: COULD NOT ASK: 405')])
  })
})

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(projectPath, path), 'utf8'))
}
