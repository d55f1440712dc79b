import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createLintContext } from '../../../src/checks/lint/lint-context.ts'
import { lintText } from '../../../src/checks/lint/lint-text.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { scenarioTexts, textsOf } from '../documents/corpus.ts'
import { mutated } from '../documents/mutate.ts'
import { torture } from '../documents/torture.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'

const home = '/home/me'
const host = { env: {}, home, cwd: `${home}/work`, platform: 'linux' as const }
const setup = {
  tool: 'cline',
  region: 'custom',
  gateway: 'https://relay.example',
  scope: 'user',
  method: 'file',
  variant: 'cli-3',
}
const context = createLintContext(testCatalog, host, {
  version: 2,
  setups: [setup],
  entries: [],
  files: [],
  folders: [],
})

const sources = [
  ...scenarioTexts,
  ...textsOf(['templates'], /\.(py|ts|toml|json|ya?ml|sh)$/),
  ...Object.values(torture).flat(),
]
const pieces = [
  'https://api.qcode.cc/api',
  'https://api.qcode.cc/openai/v1/',
  "'http://us.qcode.cc/claude'",
  '"https://eu.qcode.cc/v1/messages"',
  'https:\\/\\/api.qcode.cc',
  'https://relay.example/api',
  'ANTHROPIC_BASE_URL=',
  'export OPENAI_BASE_URL="',
  'base_url = ',
  '"baseURL": "',
  'api_base:',
  'new OpenAI({ baseURL: ',
  'ChatAnthropic(',
  'import anthropic',
  '// ',
  '# ',
  '/* ',
  '`',
  '${',
  'https://',
  'http:/',
  'qcode.cc',
  '\\u002f',
  '\\n',
]
const text = fc.oneof(
  mutated(fc.constantFrom(...sources), sources, pieces),
  fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...pieces, '\n', ' ', '"', "'", ',', '=', ': ', ')') },
        fc.string({ maxLength: 6 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
)
const names = [
  'a.ts',
  'a.py',
  '.env',
  '.env.example',
  'a.json',
  'a.toml',
  'a.yml',
  '.bashrc',
  'a.sh',
  'x',
  'a.constructor',
  'a.__proto__',
  'toString',
  '.',
  'settings.json',
  'config.toml',
  'providers.json',
]
const folders = [
  `${home}/work`,
  `${home}/.claude`,
  `${home}/.codex`,
  `${home}/.cline/data/settings`,
  '/srv/dots/.codex',
]
const lintCase = fc.record({
  text,
  path: fc.tuple(fc.constantFrom(...folders), fc.constantFrom(...names)).map((parts) => parts.join('/')),
})

/** Any text is lint's to read: what it finds stands where it says, and a fix of it would be right. */
async function holdLintLaws({
  text,
  path,
}: typeof lintCase extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const problems = await lintText(path, text, context)
  const lines = text.split('\n')
  for (const { finding, span } of problems) {
    assert.ok(span, 'what stands in a file has a place')
    assert.equal(text.slice(span.start, span.end), span.text)
    assert.ok(!span.text.includes('\n'), 'a place is in one line')
    assert.ok(finding.line >= 1 && finding.line <= lines.length)
    assert.ok(
      (lines[finding.line - 1] ?? '').slice(span.column - 1).startsWith(span.text),
      'line and column are those of the text',
    )
    assert.ok(finding.fix === null || URL.canParse(finding.fix), 'a fix is a URL')
  }
  assert.deepEqual(await lintText(path, text, context), problems, 'the same findings each time')
}

export const lintTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'lint', share: 4, cases: lintCase, run: holdLintLaws }),
]
