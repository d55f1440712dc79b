import type { Host } from '../host/host.ts'
import { type Input, isOn } from '../request/input.ts'

/** Whether questions may be asked: on a terminal, unless `--yes` or `--json` says otherwise. */
export function isInteractive(input: Input, host: Host): boolean {
  return (
    host.terminal.interactive &&
    !host.interruption.signal.aborted &&
    !isOn(input, 'yes') &&
    !isOn(input, 'json')
  )
}
