import assert from 'node:assert/strict'
import { sep } from 'node:path'
import { compileTool } from '../../../src/catalog/compile-tool.ts'
import { folderError } from '../../../src/catalog/folder-fault.ts'
import type { Tool } from '../../../src/catalog/tool.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { planSetup } from '../../../src/plan/make-plan.ts'
import type { PlanContext } from '../../../src/plan/plan-work.ts'
import type { ToolChoice } from '../../../src/request/request.ts'
import { openKeychain } from '../../../src/secrets/keychain.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { say } from '../../../src/texts/message.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'
import { orRefused } from '../refusal.ts'
import { type ToolFolder, toolFolders } from './tool-folder.ts'

const { gateway } = testCatalog
const [shell] = testCatalog.shells
const folderPath = `${sep}tools${sep}mine`
const home = `${sep}home${sep}me`

const context: PlanContext = {
  gateway,
  host: {
    env: { HOME: home },
    home,
    cwd: `${home}${sep}work`,
    platform: 'linux',
    packageFolder: projectFolder,
  },
  key: new Secret(testKey),
  now: new Date('2026-01-02T03:04:05.678Z'),
  machine: {
    read: (path) => ({ kind: 'absent', path, resolvedPath: path }) as never,
    before: () => undefined,
    modeBefore: () => undefined,
    modeGiven: () => undefined,
    keepsModes: true,
    newFileMode: 0o644,
  },
  ledger: { version: 2, setups: [], entries: [], files: [], folders: [] },
  run: '20260102T030405Z-000001',
  keychain: () =>
    openKeychain({ packageFolder: projectFolder, keychain: async () => createMemoryKeychain() }),
  decide: () => 'stop',
}

/** As `readFolderFile` answers for what is not there. */
function reader(folder: ToolFolder): (path: string) => string {
  return (path) => {
    const name = path.slice(folderPath.length + 1)
    if (Object.hasOwn(folder, name)) return folder[name] ?? ''
    throw folderError(path, say('folder.missing'))
  }
}

/** The folder is refused by name, or its tool can be set up in every way that it offers. */
async function holdLoaderLaws(folder: ToolFolder): Promise<void> {
  const tool = await orRefused(() => compileTool(folderPath, gateway, reader(folder)))
  if (!tool) return
  for (const choice of choicesOf({ ...tool, isOwn: true })) {
    const plan = await orRefused(() =>
      planSetup({ choices: [choice], ...(context.key && { key: context.key }) }, context),
    )
    for (const { path } of plan?.edits ?? [])
      assert.ok(path.startsWith(sep) && !path.split(sep).includes('..'), path)
  }
}

function choicesOf(tool: Tool): ToolChoice[] {
  const region = gateway.regions[0]
  assert.ok(region)
  const origin = Origin.ofRegion(region)
  const common = tool.variants.map((variant) => ({ tool, variant, origin, model: 'a-model' }))
  const keys = [
    { keyStore: 'file' } as const,
    { keyStore: 'keychain' } as const,
    ...tool.keyDelivery.map((keyDelivery) => ({ keyStore: 'keychain', keyDelivery }) as const),
  ]
  const choices = common.flatMap((choice) => keys.map((key) => ({ ...choice, ...key })))
  return choices.flatMap((choice) => [
    ...(shell ? [{ ...choice, scope: 'user', method: 'file', shell } as const] : []),
    ...(shell ? [{ ...choice, scope: 'project', method: 'file', project: home, shell } as const] : []),
    ...(tool.env && shell ? [{ ...choice, scope: 'user', method: 'env', shell } as const] : []),
  ])
}

/** The loader of a user's own tools, and what is planned with a tool that it let through. */
export const catalogTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'tool-folders', share: 0.6, cases: toolFolders, run: holdLoaderLaws }),
]
