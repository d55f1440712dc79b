import { windowsFindings } from '../checks/windows-folders.ts'
import type { Outcome, WritingContext } from '../command.ts'
import { GoneBack } from '../errors.ts'
import type { Origin } from '../gateway/origin.ts'
import { readState } from '../host/read-file-state.ts'
import { findWrittenKeys } from '../plan/written-keys.ts'
import { type Input, isOn, textOf, withValues } from '../request/request.ts'
import { hashKey, Secret } from '../secrets/secret.ts'
import { withProgress } from '../ui/write-text.ts'
import { warn } from '../wizard/ask.ts'
import type { Presets } from '../wizard/complete-input.ts'
import { holdTerminal } from '../wizard/hold-terminal.ts'
import type { NextStep, PresentState } from '../wizard/resolve-conflict.ts'
import { checkSetUp } from './check-after.ts'
import { existingChoices, loadLedger, storedKey } from './choices-of.ts'
import { acceptsOrigin } from './plain-http.ts'

type SetUp = (input: Input, context: WritingContext, presets?: Presets) => Promise<Outcome>

/**
 * Where something is set up: shows it, asks what to do, and does that. A first question of what was chosen that is gone back
 * from leads here again. Where nothing is set up, that is what is done.
 */
export async function askWhatNext(input: Input, context: WritingContext, setUp: SetUp): Promise<Outcome> {
  const { host } = context
  holdTerminal(host)
  for (const { message } of windowsFindings(context.catalog.tools, host)) warn(host, message)
  const present = await readPresent(input, context)
  if (present === undefined) return setUp(input, context)
  const { askNextStep } = await import('../wizard/resolve-conflict.ts')
  const inside = { ...context, canGoBack: true }
  for (;;) {
    const next = await askNextStep(present, host)
    try {
      if (next === 'setup') return await setUp(input, inside, present.presets)
      return await goOn[next](input, inside, present.presets)
    } catch (error) {
      if (!(error instanceof GoneBack)) throw error
    }
  }
}

interface PresentSetup extends PresentState {
  readonly presets: Presets
}

/** What is set up, and whether it works, as far as that may be asked; undefined where nothing is. */
async function readPresent(input: Input, context: WritingContext): Promise<PresentSetup | undefined> {
  const { host, catalog } = context
  const { choices } = existingChoices(context)
  if (choices.length === 0) return undefined
  const ledger = loadLedger(context)
  const { keys } = await findWrittenKeys({ ledgers: [ledger], copies: [] }, catalog.tools, [], {
    read: (path) => readState(path, host),
  })
  const stored = await storedKey(choices, context)
  const all = [...[...keys].map((key) => new Secret(key)), ...(stored ? [stored] : [])]
  const [key, ...others] = new Map(all.map((one) => [hashKey(one), one])).values()
  const only = others.length === 0 ? key : undefined
  const origins = [...new Map(choices.map(({ origin }) => [origin.text, origin])).values()]
  const places = origins.map((origin) => ({
    origin,
    choices: choices.filter((one) => one.origin.text === origin.text),
  }))
  const quick = textOf(input, 'timeout') ? input : withValues(input, 'timeout', [patience])
  const work = Promise.all(
    places.map(async (place) => ({
      tools: [...new Set(place.choices.map(({ tool }) => tool.title))],
      region: place.origin.title,
      check: isOn(input, 'noCheck')
        ? undefined
        : await checkSetUp(
            { choices: place.choices, ...(only && { key: only }) },
            place.origin,
            quick,
            context,
          ),
    })),
  )
  const region = origins.length === 1 ? origins[0]?.region : undefined
  return {
    places: await withProgress(host, host.texts['check.progress'], work),
    ...(only && { key: only }),
    presets: {
      tools: [...new Set(choices.map(({ tool }) => tool.id))],
      ...(region !== undefined && region !== 'custom' && { region }),
      ...(only && { key: only }),
    },
  }
}

/** In seconds: what is set up is shown before the first question, and a gateway that is slower than this is told as silent. */
const patience = '3'

type Onward = (input: Input, context: WritingContext, presets: Presets) => Promise<Outcome>

/** The commands that the first question leads to; each asks what it needs. */
const goOn: Readonly<Record<Exclude<NextStep, 'setup'>, Onward>> = {
  region: async (input, context, presets) => {
    const { askRegion } = await import('../wizard/ask-region.ts')
    const { runSwitch } = await import('./switch.ts')
    const accepts = (origin: Origin, back?: boolean) => acceptsOrigin(origin, input, context, back)
    for (let preset = presets.region; ; ) {
      const region = textOf(await askRegion(input, context, accepts, preset, true), 'region') ?? ''
      preset = region
      try {
        return await runSwitch({ ...input, positionals: [region] }, context)
      } catch (error) {
        if (!(error instanceof GoneBack)) throw error
      }
    }
  },
  key: async (input, context) => (await import('./key-rotate.ts')).rotateKey(input, context),
  check: async (input, context) => (await import('./check.ts')).runCheck(input, context),
  undo: async (input, context) => (await import('./undo.ts')).runUndo(input, context),
  remove: async (input, context) => (await import('./remove.ts')).runRemove(input, context),
  quit: async () => ({ exit: 0, findings: [], data: {}, report: '' }),
}
