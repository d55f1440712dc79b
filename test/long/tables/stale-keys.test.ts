import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { restoreTree } from '../../faults/restore-tree.ts'
import { type HomeTree, readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { type Ended, runInProcess } from '../../support/run-in-process.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const nextKey = `cr_${'4'.repeat(64)}`
const otherKey = `cr_${'5'.repeat(64)}`
const keyNames = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'OPENAI_API_KEY']

/** A project in which Claude Code has the key of the environment, beside tools with a key in the variables of a shell. */
class Scene {
  readonly host: Host
  given = testKey
  constructor() {
    const home = mkdtempSync(join(tmpdir(), 'qcode-stale-'))
    mkdirSync(join(home, 'project'))
    this.host = createTestHost(home, {
      readStdin: async () => new TextEncoder().encode(`${this.given}\n`),
    })
  }
  path = (...below: string[]) => join(this.host.home, ...below)
  do = (line: string, more: Record<string, string> = {}, cwd = this.path('project')): Promise<Ended> =>
    runInProcess(line, { ...this.host, cwd, env: { ...this.host.env, ...more } })
  async must(line: string, more: Record<string, string> = {}) {
    const ended = await this.do(line, more)
    expect(ended.exit, `${line}: ${ended.text}`).toBe(0)
  }
  edit(path: string, change: (text: string) => string) {
    const text = readFileSync(this.path(path), 'utf8')
    expect(change(text)).not.toBe(text)
    writeFileSync(this.path(path), change(text))
  }
  /** The keys that a real shell has after it read the file of variables. */
  variables(): Record<string, string> {
    const script = `[ ! -e "$1" ] || . "$1"; printf '%s\\n' ${keyNames.map((name) => `"$${name}"`).join(' ')}`
    const file = this.path('.config/qcode-setup/env.sh')
    const values = execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' }).split('\n')
    return Object.fromEntries(keyNames.flatMap((name, at) => (values[at] ? [[name, values[at]]] : [])))
  }
}

const inEnvironment = { QCODE_API_KEY: testKey }
const project = 'setup --tool claude-code --scope project --key-store env --region us --yes --no-check'
const variables = 'setup --tool langchain,claude-agent-sdk --region us --key-file - --yes --no-check'

async function both(scene: Scene) {
  await scene.must(variables)
  await scene.must(project, inEnvironment)
}

const states: Readonly<Record<string, (scene: Scene) => Promise<unknown> | unknown>> = {
  fresh: () => {},
  'the variables alone': (scene) => scene.must(variables),
  'set up, the project last': both,
  'set up, the variables last': async (scene) => {
    await scene.must(project, inEnvironment)
    await scene.must(variables)
  },
  'set up, the variables last, and the key drifted': async (scene) => {
    await states['set up, the variables last']?.(scene)
    scene.edit('.config/qcode-setup/env.sh', (text) => text.replaceAll(testKey, otherKey))
  },
  'the key drifted': async (scene) => {
    await both(scene)
    scene.edit('.config/qcode-setup/env.sh', (text) => text.replaceAll(testKey, otherKey))
  },
  'one of the keys drifted': async (scene) => {
    await both(scene)
    scene.edit('.config/qcode-setup/env.sh', (text) => text.replace(testKey, otherKey))
  },
  'unfinished run': async (scene) => {
    await both(scene)
    const runs = scene.path(stateBelowHome, 'runs')
    const journal = join(runs, readdirSync(runs).sort().at(-1) ?? '', 'journal.json')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"done"', '"committing"'))
  },
  'project gone': async (scene) => {
    await both(scene)
    rmSync(scene.path('project'), { recursive: true })
  },
  'two shells': async (scene) => {
    await both(scene)
    await scene.must(`${variables} --shell fish`)
  },
  'two names': async (scene) => {
    await scene.must('key set --name work --region us --key-file - --yes')
    scene.given = nextKey
    await scene.must('key set --name play --region us --key-file - --yes')
    await scene.must('setup --tool langchain,claude-agent-sdk --name play --yes --no-check')
    await scene.must(project, inEnvironment)
  },
}

const lines = [
  project,
  'switch eu claude-code --yes --no-check',
  'switch eu --yes --no-check',
  'switch eu --yes --no-check --on-conflict skip',
  'apply exported.toml --yes --no-check',
  'key rotate claude-code --key-file - --yes --no-check',
  'remove --tool claude-code --yes',
]

describe('a key in variables of a shell, beside Claude Code with the key of the environment', () => {
  const scene = new Scene()
  afterAll(() => rmSync(scene.host.home, { recursive: true, force: true }))

  describe.each(Object.keys(states))('%s', (state) => {
    let start: HomeTree
    beforeAll(async () => {
      restoreTree(scene.host.home, {})
      mkdirSync(scene.path('project'), { recursive: true })
      scene.given = testKey
      await states[state]?.(scene)
      const { text } = await scene.do('export', {}, scene.host.home)
      const { report = '' } = text.startsWith('{') ? JSON.parse(text) : {}
      writeFileSync(scene.path('exported.toml'), report)
      start = readTree(scene.host.home)
    })

    it.each(lines)('%s', async (line) => {
      restoreTree(scene.host.home, start)
      scene.given = nextKey
      const cwd = state === 'project gone' ? scene.host.home : scene.path('project')
      const typed = line.replace('apply ', `apply ${scene.path()}/`)
      if (state === 'project gone' && line === project) return
      const before = scene.variables()
      const dry = await scene.do(`${typed} --dry-run`, inEnvironment, cwd)
      expect(usersPart(readTree(scene.host.home)), dry.text).toEqual(usersPart(start))
      const ended = await scene.do(typed, inEnvironment, cwd)
      // What another setup wants of its own stays, whoever changed it.
      expect(scene.variables(), ended.text).toEqual(before)
      if (state === 'unfinished run') return
      expect(dry.exit, `${dry.text}\n${ended.text}`).toBe(ended.exit)
      if (ended.exit !== 0) expect(usersPart(readTree(scene.host.home)), ended.text).toEqual(usersPart(start))
      const after = usersPart(readTree(scene.host.home))
      const again = await scene.do(typed, inEnvironment, cwd)
      if (again.exit === 0) expect(usersPart(readTree(scene.host.home)), again.text).toEqual(after)
    })
  })
})
