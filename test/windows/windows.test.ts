import { afterAll, beforeAll, describe, it } from 'vitest'
import { type StandIn, startStandIn } from '../../src/gateway/stand-in.ts'
import { sampleKey } from '../support/run-program.ts'
import { testCatalog } from '../support/test-catalog.ts'
import type { Windows } from './machine.ts'
import { runSpec } from './run-spec.ts'
import type { Spec } from './spec.ts'
import { clients } from './specs/clients.ts'
import { commands } from './specs/commands.ts'
import { files } from './specs/files.ts'
import { names } from './specs/names.ts'
import { places } from './specs/places.ts'
import { programs } from './specs/programs.ts'
import { variables } from './specs/variables.ts'
import { wizard } from './specs/wizard.ts'

const isReal = process.platform === 'win32'
const { startWindows, whyNot } = isReal ? await import('./real-windows.ts') : await import('./wine.ts')

/** Its language a real Windows has from whoever installed it, and its console is another one. */
const needsWine = ({ locale, steps }: Spec) => locale !== undefined || steps.some(({ typed }) => typed)

const missing = whyNot()
if (missing) console.warn(`The Windows lane is skipped: ${missing}.`)

/** The first time a system is downloaded and installed. */
const patience = 15 * 60_000

if (missing !== undefined) {
  describe('Windows', () => {
    it(`cannot be had here: ${missing}`, ({ skip }) => skip())
  })
}

describe.skipIf(missing !== undefined)('the packed program on Windows', () => {
  let windows: Windows
  let gateway: StandIn
  beforeAll(async () => {
    windows = await startWindows()
    gateway = await startStandIn(testCatalog.gateway, sampleKey)
  }, patience)
  afterAll(async () => {
    windows?.close()
    await gateway?.close()
  })

  for (const [about, specs] of Object.entries({
    commands,
    places,
    files,
    programs,
    names,
    clients,
    variables,
    wizard,
  })) {
    describe(about, () => {
      it.each(specs.filter((spec) => !isReal || !needsWine(spec)))('$title', (spec) =>
        runSpec(spec, windows, gateway.origin),
      )
    })
  }
})
