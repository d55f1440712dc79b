import type { CommandContext } from '../commands/command.ts'
import type { Region } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { chooseOrigin } from '../request/choose-origin.ts'
import { fields } from '../request/fields.ts'
import { type Input, textOf } from '../request/input.ts'
import { isChinese, messagesFor } from '../ui/locale.ts'
import { styleFor } from '../ui/style.ts'
import { wrapText } from '../ui/wrap-text.ts'
import { askConfirm, askSelect, say, showAnswer } from './ask.ts'
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
    short: region.title,
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
  const style = styleFor(host, 'stderr')
  const lines = wrapText(unencrypted(origin.text), host.terminal.columns - 2)
  say(host, `${style.yellow('!')} ${lines.join('\n  ')}`)
  return askConfirm(host, useAnyway, false)
}

/** Its name and the reason for it, broken so that no word is cut on a narrow screen. */
function describe({ title, audience, audienceZh }: Region, host: Host): string {
  const text = isChinese(host) ? `${title}：${audienceZh}` : `${title}: ${audience}`
  return wrapText(text, host.terminal.columns - 4).join('\n    ')
}
