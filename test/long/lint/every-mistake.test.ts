import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distinctEndpoints } from '../../../src/checks/lint/lint-context.ts'
import { urlKeys, variableReaders } from '../../../src/checks/lint/url-readers.ts'
import { loadFormats } from '../../../src/documents/formats.ts'
import type { Endpoint } from '../../../src/gateway/gateway.ts'
import { judgeBaseUrl } from '../../../src/gateway/judge-base-url.ts'
import { urlRules } from '../../../src/gateway/url-faults.ts'
import { randomCases } from '../../support/random-cases.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { corrected, lintAt, lintHost } from '../../unit/lint/lint-at.ts'

/** A place that one client reads its base URL from. */
interface Place {
  readonly path: string
  readonly endpoint: Endpoint
  readonly write: (url: string) => string
}

const formats = await loadFormats(['toml', 'json', 'jsonc', 'yaml', 'dotenv'])
const { gateway, codeClients } = testCatalog
const tools = testCatalog.tools.flatMap(({ variants }) => variants.flatMap(({ endpoints }) => endpoints))

const variables: Place[] = [...variableReaders(testCatalog)].flatMap(([name, [reader]]) =>
  reader
    ? [
        { path: '/x/.env', endpoint: reader.endpoint, write: (url) => `A=b\n${name}="${url}"\n` },
        { path: '/x/run.sh', endpoint: reader.endpoint, write: (url) => `export ${name}='${url}'\n` },
        { path: '/x/config.fish', endpoint: reader.endpoint, write: (url) => `set -gx ${name} '${url}'\n` },
        {
          path: '/x/settings.json',
          endpoint: reader.endpoint,
          write: (url) =>
            `{\n  "claudeCode.environmentVariables": [\n    { "name": "${name}", "value": "${url}" },\n  ],\n}\n`,
        },
        {
          path: '/x/deploy.yaml',
          endpoint: reader.endpoint,
          write: (url) => `env:\n  - name: ${name}\n    value: "${url}"\n`,
        },
        { path: '/x/profile.ps1', endpoint: reader.endpoint, write: (url) => `$env:${name} = '${url}'\n` },
      ]
    : [],
)

const keys: Place[] = urlKeys(testCatalog, lintHost)
  .filter(({ path }, _, all) => {
    const endpoints = all.filter((key) => key.path === path).map(({ reader }) => reader.endpoint)
    return distinctEndpoints(endpoints).length === 1
  })
  .map(({ path, format, keyPath, reader }) => ({
    path,
    endpoint: reader.endpoint,
    write: (url) => {
      const document = formats.get(format)?.open('', path)
      document?.set(keyPath, url)
      return document?.toText() ?? ''
    },
  }))

const code: Place[] = codeClients.flatMap(({ words, endpoint, in: area }) =>
  area === 'config'
    ? words.map((word) => ({
        path: '/x/some.toml',
        endpoint,
        write: (url) => `[${word}.x]\nbase_url = "${url}"\n`,
      }))
    : words
        .filter((word) => /^\w+$/.test(word))
        .flatMap((word) => [
          { path: '/x/a.py', endpoint, write: (url) => `c = ${word}(\n    base_url="${url}",\n)\n` },
          { path: '/x/a.ts', endpoint, write: (url) => `const c = new ${word}({ baseURL: '${url}' })\n` },
        ]),
)

const places = [...variables, ...keys, ...code]

/** A base URL that is right, made wrong in one way. */
const mistakes: Readonly<
  Record<keyof typeof urlRules, (origin: string, endpoint: Endpoint) => readonly string[]>
> = {
  whitespace: (origin, { prefix }) => [` ${origin}${prefix}`, `${origin}${prefix}  `],
  scheme: (origin, { prefix }) => [
    origin.replace(/^\w+/, (scheme) => (scheme === 'http' ? 'https' : 'http')) + prefix,
    origin.replace(/^\w+:\/\//, '') + prefix,
  ],
  'credentials-in-url': (origin, { prefix }) => [origin.replace('//', '//me:secretword@') + prefix],
  'unknown-host': (origin, { prefix }) => [
    origin.replace('.cc', '.com') + prefix,
    origin.replace('.qcode', '.qcod') + prefix,
  ],
  port: (origin, { prefix }) => [`${origin}:8443${prefix}`],
  'query-or-fragment': (origin, { prefix }) => [`${origin}${prefix}?a=1`, `${origin}${prefix}#top`],
  'double-slash': (origin, { prefix }) => [`${origin}/${prefix}`],
  'trailing-slash': (origin, { prefix }) => [`${origin}${prefix}/`],
  'full-endpoint': (origin, { prefix, appends }) => [origin + prefix + appends],
  'doubled-v1': (origin, { prefix }) => [`${origin}${prefix}/v1`],
  'missing-v1': (origin, { prefix }) => [origin + prefix.replace(/\/v1$/, '')],
  'missing-prefix': (origin) => [origin, `${origin}/v1`],
  'wrong-prefix': (origin) => [`${origin}/nonsense`],
}

const mistake = fc.constantFrom(...(Object.keys(urlRules) as (keyof typeof urlRules)[]))

describe('every mistake in every place', () => {
  it('knows places of every tool that has a base URL, and of every client of code', () => {
    expect(new Set(places.map(({ path }) => path)).size).toBeGreaterThanOrEqual(9)
    expect(code.length).toBeGreaterThan(codeClients.length)
  })

  it.each(Object.keys(urlRules) as (keyof typeof urlRules)[])('%s can be made somewhere', (rule) => {
    const made = places.flatMap(({ endpoint }) =>
      gateway.regions.flatMap(({ origin }) => singleMistakes(rule, origin, endpoint)),
    )
    expect(made.length).toBeGreaterThan(0)
  })

  it('is found by its rule at its place, and gone once it is corrected', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.constantFrom(...gateway.regions),
        mistake,
        fc.nat({ max: 1 }),
        async (place, { origin }, rule, which) => {
          const made = singleMistakes(rule, origin, place.endpoint)
          const url = made[which % Math.max(1, made.length)]
          fc.pre(url !== undefined)
          const text = place.write(url ?? '')
          const problems = await lintAt(place.path, text)
          expect(problems.map(({ finding }) => finding.rule)).toEqual([rule])
          const [{ finding }] = problems as [(typeof problems)[0]]
          const line = text.split('\n')[finding.line - 1] ?? ''
          expect(line.slice(finding.column - 1)).toMatch(/^(https?:\/\/)?[\w.:@]*(qcode?\.|103\.)/)
          const right = tools.filter((one) => one.appends === place.endpoint.appends)
          const mended = corrected(text, problems)
          expect(await lintAt(place.path, mended)).toEqual([])
          expect(right.map(({ prefix }) => text.replace(url ?? '', origin + prefix))).toContain(mended)
        },
      ),
      randomCases(1000),
    )
  })

  it('is not seen in any right URL', async () => {
    for (const { path, write, endpoint } of places) {
      for (const { origin } of gateway.regions) {
        expect(await lintAt(path, write(origin + endpoint.prefix))).toEqual([])
      }
    }
  })
})

/** Those of the mistakes that break this rule and no other. */
function singleMistakes(rule: keyof typeof urlRules, origin: string, endpoint: Endpoint): string[] {
  return mistakes[rule](origin, endpoint).filter((url) => {
    const rules = judgeBaseUrl(url, endpoint, gateway).problems.map((problem) => problem.rule)
    return rules.length === 1 && rules[0] === rule
  })
}
