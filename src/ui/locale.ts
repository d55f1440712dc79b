import type { Host } from '../host/host.ts'
import type { Messages } from './messages.ts'
import { messagesEn } from './messages-en.ts'
import { messagesZhCn } from './messages-zh-cn.ts'

/** The texts in the user's language. JSON output and errors do not use them. */
export function messagesFor(host: Pick<Host, 'env'>): Messages {
  return isChinese(host) ? messagesZhCn : messagesEn
}

/** Whether texts for people are Chinese: the first of LC_ALL, LC_MESSAGES and LANG that is set decides, as POSIX has it. */
export function isChinese({ env }: Pick<Host, 'env'>): boolean {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^zh(?![a-z])/i.test(locale)
}
