import type { Finding } from '../finding.ts'
import { type GatewayCheck, isRight, probesOf } from './check-gateway.ts'

/** What a check found, each fault once; one finding that all is right where there is none. */
export function checkFindings(check: GatewayCheck): Finding[] {
  const faults = probesOf(check)
    .filter(({ level }) => level === 'error' || level === 'warning')
    .map(({ verdict, level, message, hint }) => ({
      id: `check-${verdict}`,
      level,
      message,
      ...(hint !== undefined && { hint }),
    }))
  const once = faults.filter(
    ({ message }, index) => faults.findIndex((other) => other.message === message) === index,
  )
  return isRight(check) ? [allRight(check), ...once] : once
}

function allRight({ origin, routes, key }: GatewayCheck): Finding {
  const paths = routes.map(({ path }) => path).join(', ')
  const keyToo = key?.every(({ verdict }) => verdict === 'key-accepted') ? ', and accepts the key' : ''
  const keyZh = keyToo === '' ? '' : '，密钥有效'
  return {
    id: 'check-right',
    level: 'ok',
    message: `Checked: ${origin.text} serves ${paths}${keyToo}.`,
    messageZh: `已检查：${origin.text} 提供 ${paths}${keyZh}。`,
  }
}
