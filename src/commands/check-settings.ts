import type { CheckSettings } from '../checks/check-gateway.ts'
import { hostTransport } from '../checks/check-transport.ts'
import type { Host } from '../host/host.ts'
import type { Input } from '../request/input.ts'
import { readTimeout } from '../request/read-timeout.ts'

/** How to reach the gateway and how long to wait: `--timeout`, else 10 s, and 60 s for a model's answer. */
export function checkSettings(input: Input, host: Host): CheckSettings {
  const given = readTimeout(input)
  return {
    transport: hostTransport(host),
    deadlineMs: given ?? 10_000,
    liveDeadlineMs: given ?? 60_000,
  }
}
