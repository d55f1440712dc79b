import { checkSettings } from '../checks/check-gateway.ts'
import { measureOrigin, type RegionTime } from '../checks/check-regions.ts'
import type { RunningDaemon } from '../checks/running-clients.ts'
import type { CommandContext } from '../command.ts'
import { cancelled, GoneBack, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Gateway, Region } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { fields } from '../request/fields.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, textOf, withValues } from '../request/request.ts'
import { type Message, say, written } from '../texts/message.ts'
import { httpPoints, renderRegionTimes } from '../ui/plain-http-texts.ts'
import { styleFor } from '../ui/style.ts'
import { renderFindings, withProgress } from '../ui/write-text.ts'
import { askConfirm, askSelect, type Choice, noticeText, showAnswer, tell, warn } from './ask.ts'
import { dropTypedAhead } from './hold-terminal.ts'

/** One of the names that are saved; undefined where a region is meant. */
export function askName(
  host: Host,
  names: readonly { readonly name: string; readonly gateway: string | null }[],
): Promise<string | undefined> {
  const saved = names.map(({ name, gateway }) => ({ value: name, name, detail: gateway ?? '' }))
  const choices = [...saved, { value: undefined, name: say('ask.switch.region') }]
  return askSelect<string | undefined>(host, say('ask.switch'), choices)
}

/**
 * Whether the user takes an origin; asks where it has no TLS and nobody has agreed to that on this machine. Throws `GoneBack`
 * where that is possible.
 */
export type AcceptsOrigin = (origin: Origin, canGoBack?: boolean) => Promise<boolean>

/** Stands for the region that answers fastest. */
const fastest = 'auto'

/**
 * Which region, each with the time in which it answers as soon as that is known. One that is not accepted is asked for
 * again; one that a flag named is then left.
 */
export async function askRegion(
  input: Input,
  { host, catalog: { gateway } }: CommandContext,
  accepts: AcceptsOrigin,
  preset: string = fields.region.default,
  canGoBack = false,
): Promise<Input> {
  if (textOf(input, 'region') !== undefined || textOf(input, 'gateway') !== undefined) {
    const { origin } = chooseOrigin(input, gateway)
    showAnswer(host, say('ask.region'), textOf(input, 'gateway') === undefined ? origin.title : origin.text)
    if (!(await accepts(origin, canGoBack))) throw cancelled()
    return input
  }
  const times = isOn(input, 'noCheck') ? undefined : measure(gateway, input, host)
  const choicesNow = () => regionChoices(gateway, times?.known)
  for (;;) {
    const answer = await askSelect(host, say('ask.region'), choicesNow(), {
      preset,
      canGoBack,
      ...(times && { watch: (renew) => times.watch(() => renew(choicesNow())) }),
    })
    const region = answer === fastest ? await fastestRegion(times, gateway, host) : regionOf(answer, gateway)
    if (region && (await takes(region, accepts))) return withValues(input, 'region', [region.id])
  }
}

/** Going back leads to the list, as a no does. */
async function takes(region: Region, accepts: AcceptsOrigin): Promise<boolean> {
  try {
    return await accepts(Origin.ofRegion(region), true)
  } catch (error) {
    if (error instanceof GoneBack) return false
    throw error
  }
}

function regionOf(id: string, gateway: Gateway): Region | undefined {
  return gateway.regions.find((region) => region.id === id)
}

/** Every region with its time, where regions may be asked; the fastest one of those with TLS can be had by that alone. */
function regionChoices(gateway: Gateway, known?: ReadonlyMap<string, RegionTime>): Choice<string>[] {
  const regions = gateway.regions.map((region) => {
    const time = known?.get(region.id)
    const name = describe(region)
    return {
      value: region.id,
      name: time === undefined ? name : say('ask.region.timed', { region: name, time: timeText(time) }),
      short: written(region.title, region.titleZh),
    }
  })
  const auto = { value: fastest, name: say('ask.region.auto'), short: say('ask.region.auto.short') }
  return known === undefined ? regions : [auto, ...regions]
}

function timeText({ state, ms }: RegionTime): Message {
  return state === 'measured' ? say('ask.region.ms', { ms: ms ?? 0 }) : say(`ask.region.${state}`)
}

/** The times of all regions as they come in. */
interface Measuring {
  readonly known: ReadonlyMap<string, RegionTime>
  /** Once all of them are there. */
  readonly whole: Promise<unknown>
  readonly watch: (tell: () => void) => () => void
}

function measure(gateway: Gateway, input: Input, host: Host): Measuring {
  const known = new Map<string, RegionTime>()
  const listeners = new Set<() => void>()
  const settings = checkSettings(input, host)
  const whole = Promise.all(
    gateway.regions.map(async (region) => {
      known.set(region.id, await measureOrigin(Origin.ofRegion(region), gateway, settings))
      for (const listener of listeners) listener()
    }),
  )
  const watch = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return { known, whole, watch }
}

/** Never one without TLS: that is for the user alone to choose. Undefined, and said, where none answers. */
async function fastestRegion(
  times: Measuring | undefined,
  gateway: Gateway,
  host: Host,
): Promise<Region | undefined> {
  await withProgress(host, host.texts['check.progress'], times?.whole ?? Promise.resolve())
  const right = [...(times?.known.values() ?? [])].filter(({ state, tls }) => state === 'measured' && tls)
  const [best] = right.sort((one, other) => (one.ms ?? 0) - (other.ms ?? 0))
  const region = best && regionOf(best.region, gateway)
  if (best && region) {
    const message = say('check.region-chosen', { region: region.id, ms: best.ms ?? 0 })
    tell(host, renderFindings([{ id: 'region-auto', level: 'info', message }], host))
  } else warn(host, say('error.no-region'))
  return region
}

/** Its name and the reason for it. */
function describe({ title, titleZh, audience, audienceZh }: Region): Message {
  return written(`${title}: ${audience}`, `${titleZh}：${audienceZh}`)
}

/** `region`: take it back, and then ask which other region to take. */
type AfterFailedCheck = 'keep' | 'region' | 'undo'

/**
 * What to do when the gateway did not answer as it should. Asked after the files are written, so leaving the question
 * keeps them and is no cancellation.
 */
export async function askAfterFailedCheck(
  problems: readonly Finding[],
  canUndo: boolean,
  host: Host,
): Promise<AfterFailedCheck> {
  tell(host, renderFindings(problems, host))
  try {
    return await askSelect<AfterFailedCheck>(host, say('ask.failed-check'), [
      { value: 'keep', name: say('ask.failed-check.keep') },
      { value: 'region', name: say('ask.failed-check.region') },
      ...(canUndo ? [{ value: 'undo' as const, name: say('ask.failed-check.undo') }] : []),
    ])
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 'keep'
    throw error
  }
}

/** Which region to take instead. Errors: UserError `cancelled`. */
export async function askOtherRegion(context: CommandContext, accepts: AcceptsOrigin): Promise<string> {
  const nothing = { values: {}, switches: new Set<string>(), positionals: [] }
  return textOf(await askRegion(nothing, context, accepts), 'region') ?? ''
}

/**
 * Whether to restart a client's background process, which keeps its old settings until then. Asked after the files are
 * written, so leaving the question is a no and not a cancellation.
 */
export async function askRestart(
  { title, pid, restart }: Pick<RunningDaemon, 'title' | 'pid' | 'restart'>,
  host: Host,
): Promise<boolean> {
  warn(host, say('ask.restart.running', { tool: title, pid }))
  try {
    return await askConfirm(host, say('ask.restart', { command: restart.join(' ') }), true)
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return false
    throw error
  }
}

/** Says what an origin without TLS means, with the safer choices beside it, and asks whether to use it; Enter means no. */
export function askConsent(
  origin: string,
  times: readonly RegionTime[],
  host: Host,
  canGoBack = false,
): Promise<boolean> {
  const table = renderRegionTimes(times, host.texts, styleFor(host, 'stderr'), host.terminal.columns)
  const notice = `${noticeText(host, say('http.title', { origin }), ...httpPoints)}\n${table}\n\n`
  return askConfirm(host, say('ask.use-anyway'), false, canGoBack, notice)
}

/** What would be run, and mirrors by the name that `--registry` takes. */
interface InstallQuestion {
  readonly tools: readonly string[]
  readonly lines: readonly Message[]
  readonly mirrors: readonly { readonly id: string; readonly urls: readonly string[] }[]
}

/** Whether to install clients, and from where: `vendor`, the name of a mirror, or `later` for not at all. */
export async function askInstall(
  { tools, lines, mirrors }: InstallQuestion,
  host: Host,
  canGoBack: boolean,
): Promise<string> {
  await dropTypedAhead(host)
  const choices = [
    { value: 'vendor', name: say('install.now'), letter: 'y' },
    ...mirrors.map(({ id, urls }) => ({ value: id, name: say('install.now.from', { urls }) })),
    { value: 'later', name: say('install.later'), letter: 'n' },
  ]
  const notice = noticeText(host, ...lines)
  return askSelect(host, say('install.ask', { tools }), choices, { canGoBack, notice })
}
