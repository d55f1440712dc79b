import type { Tool } from '../../src/catalog/tool.ts'
import { Origin } from '../../src/gateway/origin.ts'
import { wantedTargets } from '../../src/plan/wanted.ts'
import { completeChoice } from '../../src/request/choose-tools.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { testCatalog } from './test-catalog.ts'
import { createTestHost } from './test-host.ts'

const host = createTestHost('/HOME')
const { gateway } = testCatalog

/** Said where a page is out of date. */
export const howToRenew = 'out of date: UPDATE_DOCS=1 npx vitest run test/unit/docs writes it anew'

/** What plans and `print` take, with a key that stands for the reader's own. */
export const docsContext = { gateway, host, key: new Secret('cr_YOUR_KEY'), now: host.now() }

/** A tool set up for the default region with nothing else asked for, as the pages show it. */
export function choiceOf(tool: Tool) {
  const origin = Origin.ofRegion(gateway.regions[0] as (typeof gateway.regions)[0])
  const values = tool.targets.some(({ needsModel }) => needsModel) ? { model: ['MODEL_NAME'] } : {}
  const input = { values, switches: new Set<string>(), positionals: [] }
  return completeChoice(tool, origin, input, testCatalog, host)
}

/** The base URL of a tool, and the files that it is written into as Markdown. */
export async function writtenBy(tool: Tool): Promise<{ baseUrl: string; files: string }> {
  const wanted = wantedTargets(await choiceOf(tool), docsContext).filter(({ when }) => when === undefined)
  const files = new Set(wanted.map(({ path }) => `\`${path.replace('/HOME', '~')}\``))
  return { baseUrl: `\`${wanted[0]?.baseUrl}\``, files: [...files].join(', ') }
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', '<br>')
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
