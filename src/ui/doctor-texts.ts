import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'

/** The texts of the report of `doctor`. */
export interface DoctorTexts {
  /** Heading of what is no single tool's. */
  readonly machine: string
  readonly notFound: string
  readonly baseUrl: string
  readonly key: string
  readonly none: string
  readonly requests: (path: string) => string
  readonly shadowed: string
  readonly summary: (errors: number, warnings: number, failed: number) => string
  readonly allRight: string
}

const en: DoctorTexts = {
  machine: 'This machine',
  notFound: 'not found here',
  baseUrl: 'Base URL',
  key: 'Key',
  none: 'none',
  requests: (path) => `requests ${path}`,
  shadowed: 'Not used',
  summary: (errors, warnings, failed) =>
    [
      plural(errors, 'error'),
      plural(warnings, 'warning'),
      ...(failed > 0 ? [`${failed} could not be looked at`] : []),
    ].join(', '),
  allRight: 'Nothing is wrong.',
}

const zhCn: DoctorTexts = {
  machine: '本机',
  notFound: '本机未发现',
  baseUrl: 'Base URL',
  key: '密钥',
  none: '无',
  requests: (path) => `请求 ${path}`,
  shadowed: '未生效',
  summary: (errors, warnings, failed) =>
    [`${errors} 个错误`, `${warnings} 个警告`, ...(failed > 0 ? [`${failed} 项无法检查`] : [])].join('，'),
  allRight: '没有发现问题。',
}

/** In the language of the environment. */
export function doctorTextsFor(host: Pick<Host, 'env'>): DoctorTexts {
  return isChinese(host) ? zhCn : en
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
