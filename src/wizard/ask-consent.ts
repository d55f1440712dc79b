import type { RegionTime } from '../checks/measure-regions.ts'
import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { plainHttpTextsFor } from '../ui/plain-http-texts.ts'
import { renderRegionTimes } from '../ui/render-region-times.ts'
import { styleFor } from '../ui/style.ts'
import { askConfirm } from './ask.ts'
import { say, warn } from './say.ts'

/** Says what an origin without TLS means, with the safer choices beside it, and asks whether to use it; Enter means no. */
export function askConsent(origin: string, times: readonly RegionTime[], host: Host): Promise<boolean> {
  const texts = plainHttpTextsFor(host)
  warn(host, texts.title(origin), ...texts.points)
  say(host, `\n${renderRegionTimes(times, texts, styleFor(host, 'stderr'), host.terminal.columns)}\n`)
  return askConfirm(host, messagesFor(host).region.useAnyway, false)
}
