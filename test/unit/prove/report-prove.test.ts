import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { type ProofRow, reportProve } from '../../../src/ui/report-prove.ts'
import { createTestHost } from '../../support/test-host.ts'

const host = createTestHost('/HOME')
const proven: ProofRow = {
  tool: 'toy',
  client: 'Toy',
  version: '1.2.3',
  variant: 'default',
  baseUrl: 'http://127.0.0.1:1/api',
  verdict: 'proven',
  requests: [
    { method: 'HEAD', path: '/api', auth: 'none', status: 404 },
    { method: 'POST', path: '/api/v1/messages', auth: 'bearer', status: 200 },
  ],
  replySeen: true,
}
const skipped: ProofRow = {
  ...proven,
  client: 'Other',
  version: null,
  verdict: 'skipped',
  requests: [],
  reason: 'not here',
}

describe('the report of prove', () => {
  it('shows what was asked for and what came back', () => {
    const { report, next } = reportProve([proven, skipped], host)
    expect(report).toMatchInlineSnapshot(`
      "Tool       Request                    Key     Result
      Toy 1.2.3  POST /api/v1/messages 200  bearer  works
      Other                                         skipped
        Other: not here"
    `)
    expect(next).toHaveLength(1)
  })

  it('does not call it proven where one client is wrong, or none was run', () => {
    expect(reportProve([proven, { ...proven, verdict: 'wrong' }], host).next).toEqual([])
    expect(reportProve([skipped], host).next).toEqual([])
    expect(reportProve([], host)).toEqual({ report: '', verdict: en['prove.nothing'], next: [] })
  })

  it('lets no client command the terminal', () => {
    const rude = { ...proven, verdict: 'no-request' as const, reason: 'bad \u001b[2J' }
    expect(reportProve([rude], host).report).toContain('bad \\x1b[2J')
  })

  it('speaks Chinese', () => {
    const chinese = createTestHost('/HOME', { env: { LANG: 'zh_CN.UTF-8' } })
    expect(reportProve([proven], chinese).report).toContain(zhCN['prove.proven'])
  })
})
