import type { CommandContext } from '../commands/command.ts'
import { cancelled } from '../errors.ts'
import type { Region } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { chooseOrigin } from '../request/choose-origin.ts'
import { fields } from '../request/fields.ts'
import { type Input, textOf } from '../request/input.ts'
import { isChinese, messagesFor } from '../ui/locale.ts'
import { askSelect } from './ask.ts'
import { showAnswer } from './say.ts'
import { withValues } from './with-values.ts'

/** Whether the user takes an origin; asks where it has no TLS and nobody has agreed to that on this machine. */
export type AcceptsOrigin = (origin: Origin) => Promise<boolean>

/** Which region. One that is not accepted is asked for again; one that a flag named is then left. */
export async function askRegion(
  input: Input,
  { host, catalog }: CommandContext,
  accepts: AcceptsOrigin,
): Promise<Input> {
  const { question } = messagesFor(host).region
  if (textOf(input, 'region') !== undefined || textOf(input, 'gateway') !== undefined) {
    const { origin } = chooseOrigin(input, catalog.gateway)
    showAnswer(host, question, origin.text)
    if (!(await accepts(origin))) throw cancelled()
    return input
  }
  const { regions } = catalog.gateway
  const choices = regions.map((region) => ({
    value: region,
    name: describe(region, host),
    short: isChinese(host) ? region.titleZh : region.title,
  }))
  const preset = regions.find(({ id }) => id === fields.region.default)
  for (;;) {
    const region = await askSelect(host, question, choices, preset)
    if (await accepts(Origin.ofRegion(region))) return withValues(input, 'region', [region.id])
  }
}

/** Its name and the reason for it. */
function describe({ title, titleZh, audience, audienceZh }: Region, host: Host): string {
  return isChinese(host) ? `${titleZh}：${audienceZh}` : `${title}: ${audience}`
}
