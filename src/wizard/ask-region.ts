import type { CommandContext } from '../commands/command.ts'
import type { Region } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { chooseOrigin } from '../request/choose-origin.ts'
import { fields } from '../request/fields.ts'
import { type Input, textOf } from '../request/input.ts'
import { isChinese, messagesFor } from '../ui/locale.ts'
import { askConfirm, askSelect } from './ask.ts'
import { showAnswer, warn } from './say.ts'
import { withValues } from './with-values.ts'

/** Which region. One without TLS is taken only after a yes; a no asks for the region again. */
export async function askRegion(input: Input, { host, catalog }: CommandContext): Promise<Input> {
  const { question } = messagesFor(host).region
  if (textOf(input, 'region') !== undefined || textOf(input, 'gateway') !== undefined) {
    showAnswer(host, question, chooseOrigin(input, catalog.gateway).origin.text)
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
    if (await accepts(region, host)) return withValues(input, 'region', [region.id])
  }
}

async function accepts(region: Region, host: Host): Promise<boolean> {
  const origin = Origin.ofRegion(region)
  if (!origin.isUnencrypted) return true
  const { unencrypted, useAnyway } = messagesFor(host).region
  warn(host, unencrypted(origin.text))
  return askConfirm(host, useAnyway, false)
}

/** Its name and the reason for it. */
function describe({ title, titleZh, audience, audienceZh }: Region, host: Host): string {
  return isChinese(host) ? `${titleZh}：${audienceZh}` : `${title}: ${audience}`
}
