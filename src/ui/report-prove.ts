import type { ProofRequest, ProofVerdict } from '../checks/prove-verdict.ts'
import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'
import { renderTable } from './render-table.ts'
import { styleFor } from './style.ts'
import { visibleText } from './visible-text.ts'

/** One client that was run, or that is not here. */
export interface ProofRow {
  readonly tool: string
  readonly client: string
  readonly version: string | null
  readonly variant: string
  /** The base URL that it was given, with the gateway's origin on loopback; null where it was not run. */
  readonly baseUrl: string | null
  readonly verdict: ProofVerdict
  readonly requests: readonly ProofRequest[]
  readonly replySeen: boolean
  readonly reason?: string
}

interface Texts {
  readonly head: readonly string[]
  readonly verdicts: Readonly<Record<ProofVerdict, string>>
  readonly allProven: string
}

const en: Texts = {
  head: ['Client', 'Request', 'Key', 'Result'],
  verdicts: {
    proven: 'proven',
    wrong: 'WRONG',
    'no-request': 'made no request',
    'no-reply': 'showed no reply',
    skipped: 'skipped',
  },
  allProven:
    'Every client that was run got its reply. Copies of your settings were used; your own files were not changed.',
}

const zhCn: Texts = {
  head: ['客户端', '请求', '密钥', '结果'],
  verdicts: {
    proven: '已证明',
    wrong: '错误',
    'no-request': '未发出请求',
    'no-reply': '未显示回复',
    skipped: '已跳过',
  },
  allProven: '运行过的每个客户端都得到了回复。使用的是您设置的副本，您自己的文件未被更改。',
}

/** A row a client and request; then why it is not proven, where it is not. */
export function reportProve(rows: readonly ProofRow[], host: Host): { report: string; next: string[] } {
  const texts = isChinese(host) ? zhCn : en
  const style = styleFor(host, 'stdout')
  const colors = { proven: style.green, skipped: (text: string) => text }
  const cells = rows.flatMap(({ client, version, verdict, requests }) => {
    const name = version === null ? client : `${client} ${version}`
    const paint = verdict in colors ? colors[verdict as keyof typeof colors] : style.red
    const posts = requests.filter(({ method }) => method === 'POST')
    const shown = posts.length === 0 ? [['', '']] : posts.map(requestCells)
    return shown.map((request) => [name, ...request, paint(texts.verdicts[verdict])])
  })
  const reasons = rows.flatMap(({ client, reason }) =>
    reason === undefined ? [] : [`  ${visibleText(`${client}: ${reason}`)}`],
  )
  const table = rows.length === 0 ? [] : [renderTable(texts.head, cells, style, host.terminal.columns)]
  const good = rows.every(({ verdict }) => verdict === 'proven' || verdict === 'skipped')
  const any = rows.some(({ verdict }) => verdict === 'proven')
  return { report: [...table, ...reasons].join('\n'), next: good && any ? [texts.allProven] : [] }
}

function requestCells({ path, auth, status }: ProofRequest): string[] {
  return [`POST ${path} ${status}`, auth]
}
