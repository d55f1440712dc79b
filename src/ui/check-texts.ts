import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'

/** The texts of the result of a check. */
export interface CheckTexts {
  readonly region: string
  readonly dns: string
  readonly connect: string
  readonly tls: string
  readonly firstByte: string
  readonly total: string
  readonly result: string
  readonly request: string
  readonly reply: string
  readonly tools: string
  readonly allRight: string
  readonly faults: string
  readonly key: string
  readonly roundTrip: string
  readonly noKey: string
  readonly unencrypted: string
  readonly times: (times: string) => string
  readonly through: (proxy: string) => string
  readonly recommended: (region: string) => string
  readonly nothingRecommended: string
  readonly progress: string
}

const en: CheckTexts = {
  region: 'Region',
  dns: 'DNS',
  connect: 'Connect',
  tls: 'TLS',
  firstByte: 'First byte',
  total: 'Total',
  result: 'Result',
  request: 'Request',
  reply: 'Reply',
  tools: 'Tools',
  allRight: 'all right',
  faults: 'see below',
  key: 'key',
  roundTrip: 'round trip',
  noKey: 'No key was tested: give --key-file, or set QCODE_API_KEY.',
  unencrypted: 'plain HTTP',
  times: (times) => `Times: ${times}`,
  through: (proxy) => `Through the proxy ${proxy}`,
  recommended: (region) =>
    `Recommended: ${region}. To move what is set up there: qcode-setup switch ${region}`,
  nothingRecommended: 'No region with TLS answers as it should, so none is recommended.',
  progress: 'Waiting for the gateway …',
}

const zhCn: CheckTexts = {
  region: '区域',
  dns: 'DNS',
  connect: '连接',
  tls: 'TLS',
  firstByte: '首字节',
  total: '总计',
  result: '结果',
  request: '请求',
  reply: '回复',
  tools: '工具',
  allRight: '全部正常',
  faults: '见下文',
  key: '密钥',
  roundTrip: '实际请求',
  noKey: '未检查密钥：请提供 --key-file，或设置 QCODE_API_KEY。',
  unencrypted: '明文 HTTP',
  times: (times) => `耗时：${times}`,
  through: (proxy) => `经由代理 ${proxy}`,
  recommended: (region) => `推荐：${region}。切换已有设置：qcode-setup switch ${region}`,
  nothingRecommended: '没有带 TLS 的区域正常响应，因此不作推荐。',
  progress: '正在等待网关 …',
}

/** In the language of the environment. */
export function checkTextsFor(host: Pick<Host, 'env'>): CheckTexts {
  return isChinese(host) ? zhCn : en
}
