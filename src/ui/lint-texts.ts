import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'

/** The texts of the result of lint. */
export interface LintTexts {
  readonly requests: string
  readonly use: string
  readonly found: (problems: number, files: number) => string
  readonly clean: (files: number) => string
  readonly unread: (files: number) => string
  readonly fixed: (problems: number) => string
  readonly wouldFix: (problems: number) => string
  readonly canFix: (problems: number) => string
}

const en: LintTexts = {
  requests: 'would request',
  use: 'use',
  found: (problems, files) => `${count(problems, 'problem')} in ${count(files, 'file')} looked at`,
  clean: (files) => `No problem in ${count(files, 'file')} looked at.`,
  unread: (files) => `${count(files, 'file')} ${files === 1 ? 'was' : 'were'} not read.`,
  fixed: (problems) => `${count(problems, 'problem')} corrected.`,
  wouldFix: (problems) =>
    `${count(problems, 'problem')} would be corrected (--dry-run); nothing was written.`,
  canFix: (problems) => `${count(problems, 'problem')} can be corrected: add --fix`,
}

const zhCn: LintTexts = {
  requests: '将会请求',
  use: '应改为',
  found: (problems, files) => `检查了 ${files} 个文件，发现 ${problems} 个问题`,
  clean: (files) => `检查了 ${files} 个文件，没有发现问题。`,
  unread: (files) => `有 ${files} 个文件未读取。`,
  fixed: (problems) => `已修正 ${problems} 个问题。`,
  wouldFix: (problems) => `将修正 ${problems} 个问题（--dry-run），未写入任何内容。`,
  canFix: (problems) => `其中 ${problems} 个可以修正：加上 --fix`,
}

/** In the language of the environment. */
export function lintTextsFor(host: Pick<Host, 'env'>): LintTexts {
  return isChinese(host) ? zhCn : en
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
