import type { RegionTime } from '../checks/measure-regions.ts'
import type { PlainHttpTexts } from './plain-http-texts.ts'
import { renderTable } from './render-table.ts'
import type { Style } from './style.ts'

/** What was measured as a small table: region, TLS or not, time. */
export function renderRegionTimes(
  times: readonly RegionTime[],
  texts: PlainHttpTexts,
  style: Style,
  columns: number,
): string {
  const rows = times.map((one) => [nameOf(one), one.tls ? texts.yes : texts.no, timeOf(one, texts)])
  return renderTable([texts.region, texts.tls, texts.time], rows, style, columns)
}

/** The regions with TLS and their times, in one line. */
export function listSaferRegions(times: readonly RegionTime[], texts: PlainHttpTexts): string {
  const safer = times.filter(({ tls }) => tls)
  return texts.list(safer.map((one) => `${one.region} ${timeOf(one, texts)}`))
}

function nameOf({ region, origin }: RegionTime): string {
  return region === 'custom' ? origin : region
}

function timeOf({ state, ms }: RegionTime, texts: PlainHttpTexts): string {
  return state === 'measured' ? `${ms} ms` : texts.states[state]
}
