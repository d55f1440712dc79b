import { describe, expect, it } from 'vitest'
import { isCorrectable, type LintFinding } from '../../../src/checks/lint/lint-context.ts'
import { urlRules } from '../../../src/gateway/url-faults.ts'
import { asMessage, say } from '../../../src/texts/message.ts'
import { reportLint } from '../../../src/ui/report-lint.ts'
import { renderGithub, renderSarif } from '../../../src/ui/sarif.ts'
import { createTestHost } from '../../support/test-host.ts'
import { lintAt } from './lint-at.ts'

const host = createTestHost('/HOME', { cwd: '/HOME/work' })
const problems = [
  ...(await lintAt('/HOME/work/a b/100%,x:y.env', 'A=b\nANTHROPIC_BASE_URL="https://api.qcode.cc/api/ "\n')),
  ...(await lintAt('/HOME/.env', 'OPENAI_BASE_URL=https://qcode.cc/openai/v1')),
]
const findings = problems.map(({ finding }) => finding)

/** What a report has besides its findings, where nothing was written. */
const nothingFixed = {
  notRead: 0,
  fixed: undefined,
  changes: [],
  run: undefined,
  diff: undefined,
  dryRun: false,
}

describe('the SARIF log', () => {
  const log = JSON.parse(renderSarif(problems, urlRules, host))

  it('is of version 2.1.0 and tells every rule', () => {
    expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') })
    expect(log.runs).toHaveLength(1)
    const { name, rules } = log.runs[0].tool.driver
    expect(name).toBe('qcode-setup')
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(Object.keys(urlRules))
    for (const rule of rules) expect(rule.shortDescription.text).not.toBe('')
  })

  it('has a result for each finding, with its rule, place and fix', () => {
    const { results, tool } = log.runs[0]
    expect(results).toHaveLength(findings.length)
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
    const artifactLocation = { uri: 'a%20b/100%25%2Cx%3Ay.env' }
    expect(results[0]).toMatchObject({
      ruleId: 'whitespace',
      level: 'error',
      message: { text: expect.stringContaining('/api//v1/messages') },
      locations: [
        { physicalLocation: { artifactLocation, region: { startLine: 2, startColumn: 21, endColumn: 47 } } },
      ],
      fixes: [
        {
          artifactChanges: [
            {
              artifactLocation,
              replacements: [
                {
                  deletedRegion: { startLine: 2, startColumn: 21, endLine: 2, endColumn: 47 },
                  insertedContent: { text: 'https://api.qcode.cc/api' },
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('names a file elsewhere by its whole address, and offers no fix that is open', () => {
    const last = log.runs[0].results.at(-1)
    expect(last.locations[0].physicalLocation.artifactLocation.uri).toBe('file:///HOME/.env')
    expect(last).not.toHaveProperty('fixes')
  })
})

describe('the annotations of GitHub', () => {
  it('are one a line, escaped', () => {
    const lines = renderGithub(findings, host).split('\n')
    expect(lines).toHaveLength(findings.length)
    expect(lines[0]).toMatch(
      /^::error file=a b\/100%25%2Cx%3Ay\.env,line=2,col=21,title=whitespace::There are .* Use https:\/\/api\.qcode\.cc\/api$/,
    )
    expect(lines[1]).toMatch(/^::warning .*title=trailing-slash::/)
  })
})

it('a file whose name breaks lines adds none to any report', async () => {
  const [problem] = await lintAt('/HOME/work/a\n::error::b', 'OPENAI_BASE_URL=https://qcode.cc/openai/v1')
  if (!problem) throw new Error('nothing was found')
  const told = { ...problem.finding, message: asMessage(`${problem.finding.message}\n::error::c`) }
  const github = renderGithub([told], host)
  expect(github).toMatch(/^::error file=a%0A%3A%3Aerror%3A%3Ab,.*\\x0a::error::c.*$/)
  expect(github).not.toContain('\n')
  const sarif = JSON.parse(renderSarif([{ ...problem, finding: told }], urlRules, host)).runs[0].results[0]
  expect(sarif.message.text).toContain('\\x0a::error::c')
  expect(sarif.locations[0].physicalLocation.artifactLocation.uri).toBe('a%0A%3A%3Aerror%3A%3Ab')
  const report = { ...nothingFixed, findings: [told], fixable: 0, files: 1 }
  expect(reportLint(report, host).report).not.toMatch(/^::error/m)
})

describe('the report for a person', () => {
  const report = { ...nothingFixed, findings, fixable: findings.filter(isCorrectable).length, files: 2 }

  it('tells place, rule, path and fix, and what to type', () => {
    const { report: text, next } = reportLint(report, host)
    expect(text).toContain('a b/100%,x:y.env:2:21  whitespace')
    expect(text).toContain('~/.env:1:17  unknown-host')
    expect(text).toContain('would request /api//v1/messages')
    expect(text).toContain('should be https://api.qcode.cc/api')
    expect(next.join('\n')).toContain('--fix')
  })

  it('is in Chinese where the user is', () => {
    const chinese = createTestHost('/HOME', { env: { LANG: 'zh_CN.UTF-8' } })
    expect(reportLint(report, chinese).report).toContain('应改为')
  })

  it.each([404, null] as const)('says what the gateway answers to that path: %s', (status) => {
    const [first] = findings
    const one = {
      ...report,
      findings: [{ ...(first as LintFinding), requests: '/api/v1/v1/messages', status }],
    }
    const chinese = createTestHost('/HOME', { env: { LANG: 'zh_CN.UTF-8' } })
    const texts = [
      reportLint(one, host).report,
      reportLint(one, chinese).report,
      renderGithub(one.findings, host),
    ]
    for (const text of texts) expect(text.includes('404')).toBe(status === 404)
    for (const text of texts) expect(text).toContain('/api/v1/v1/messages')
  })

  it('says when there is nothing', () => {
    expect(reportLint({ ...report, findings: [], fixable: 0 }, host)).toEqual({
      report: String(say('lint.clean', { files: 2 })),
      verdict: String(say('lint.clean', { files: 2 })),
      next: [],
    })
  })

  it('says how many files were not read', () => {
    const { report: text } = reportLint({ ...report, findings: [], notRead: 3 }, host)
    expect(text).toBe(`${say('lint.clean', { files: 2 })}\n${say('lint.unread', { files: 3 })}`)
  })
})
