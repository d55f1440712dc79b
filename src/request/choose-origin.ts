import { UserError } from '../errors.ts'
import { findRegion, type Gateway } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import { type Input, isOn, textOf } from './input.ts'
import { unknownValue } from './unknown-value.ts'

/** The gateway that the input names: `--gateway`, else the region (by default global). `note` tells of a correction. */
export function chooseOrigin(
  input: Input,
  gateway: Gateway,
  regionName = textOf(input, 'region'),
): { origin: Origin; note?: string } {
  const url = textOf(input, 'gateway')
  if (url === undefined) return { origin: regionOrigin(regionName ?? 'global', gateway) }
  if (regionName !== undefined) {
    throw new UserError({
      code: 'region-and-gateway',
      message: 'A region and --gateway were both given; each names the gateway.',
      hint: 'Leave one of them out.',
      exit: 2,
    })
  }
  const { origin, removedSlash } = Origin.parse(url, gateway, isOn(input, 'allowHttp'))
  return removedSlash
    ? { origin, note: `The trailing slash of --gateway was removed: ${origin.text}` }
    : { origin }
}

/** The origin of a region by id or alias. Errors: UserError `unknown-region`, exit 2. */
export function regionOrigin(name: string, gateway: Gateway): Origin {
  const region = findRegion(gateway, name)
  if (!region)
    throw unknownValue(
      'region',
      name,
      gateway.regions.map(({ id }) => id),
    )
  return Origin.ofRegion(region)
}
