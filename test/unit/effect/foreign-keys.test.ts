import { describe, expect, it } from 'vitest'
import { examine, makeSituation, type Situation } from '../doctor/doctor-home.ts'
import { gatewayKey, vendorKey } from '../doctor/trap-table.ts'
import { aiderHome, claudeSettings, claudeText } from './client-homes.ts'
import {
  codex,
  codexEnv,
  codexTable,
  codexVersion,
  foreignKeyTable,
  ready,
  withEnvKey,
} from './foreign-key-table.ts'

const good: readonly (readonly [string, Situation])[] = [
  [
    'a key of the gateway in auth.json, where the provider asks for that',
    {
      files: {
        [codex]: codexTable('requires_openai_auth = true\n'),
        '.codex/auth.json': `{"OPENAI_API_KEY":"${gatewayKey}"}`,
      },
    },
  ],
  [
    'requires_openai_auth beside env_key, with any login',
    {
      files: {
        [codex]: codexTable(`${withEnvKey}requires_openai_auth = true\n`),
        ...codexEnv,
        '.codex/auth.json': `{"auth_mode":"chatgpt","tokens":{"access_token":"${vendorKey}"}}`,
      },
    },
  ],
  [
    'a login of Codex that a newer version does not send',
    {
      files: { [codex]: codexTable(''), '.codex/auth.json': `{"OPENAI_API_KEY":"${vendorKey}"}` },
      programs: codexVersion('0.169.0'),
    },
  ],
  [
    'an exported key that an empty one in the settings silences',
    {
      files: { [claudeSettings]: claudeText({ ...ready, ANTHROPIC_API_KEY: '' }) },
      env: { ANTHROPIC_API_KEY: vendorKey },
    },
  ],
  ['a key of another vendor in a list of Aider', aiderHome(`api-key: [openrouter=${vendorKey}]\n`)],
  [
    'the key of another provider of Codex',
    {
      files: {
        [codex]: codexTable(
          `${withEnvKey}\n[model_providers.other]\nexperimental_bearer_token = "${vendorKey}"\n`,
        ),
        ...codexEnv,
      },
    },
  ],
  [
    'a header that is no key',
    {
      files: {
        [claudeSettings]: claudeText({ ...ready, ANTHROPIC_CUSTOM_HEADERS: 'x-team: a, b\nx-other: sk-1' }),
      },
    },
  ],
]

describe('a key of somebody else that a client sends to the gateway', () => {
  it.each(foreignKeyTable.map(([title, place, home], index) => [title, place, index + 1, home] as const))(
    '%s: is an error where it stands at %s (%i)',
    async (title, place, _, home) => {
      const { findings, exit, everything } = await examine(makeSituation(home))
      const found = findings.filter(({ id }) => id === 'foreign-key')
      expect(found.map(({ level, message }) => [level, String(message)])).toEqual([
        ['error', expect.stringContaining(title)],
      ])
      expect(String(found[0]?.message)).toContain(place)
      expect(String(found[0]?.hint)).toMatch(/^(Remove |unset |qcode-setup )/)
      expect(exit).toBe(3)
      expect(everything).not.toContain(vendorKey)
    },
  )

  const inHeader = foreignKeyTable
    .map(
      ([title, place, home]) =>
        [title, place.replace('x-api-key', 'Authorization'), JSON.stringify(home)] as const,
    )
    .filter(
      ([, , home]) =>
        home.includes(`x-api-key\\":\\"${vendorKey}`) || home.includes(`x-api-key: ${vendorKey}`),
    )

  it.each(inHeader.map((row, index) => [row[0], row[1], index + 1, row[2]] as const))(
    '%s: the same as a header that is sent beside the key at %s (%i)',
    async (title, place, _, home) => {
      const beside = home
        .replaceAll('x-api-key', 'Authorization')
        .replaceAll(vendorKey, `Bearer ${vendorKey}`)
      const { findings, exit, everything } = await examine(makeSituation(JSON.parse(beside)))
      const found = findings.filter(({ id }) => id === 'foreign-key')
      expect(found.map(({ message }) => String(message))).toEqual([expect.stringContaining(title)])
      expect(String(found[0]?.message)).toContain(place)
      expect(exit).toBe(3)
      expect(everything).not.toContain(vendorKey)
    },
  )

  it.each(good)('is not %s', async (_, home) => {
    const { findings } = await examine(makeSituation(home))
    expect(findings.filter(({ id }) => id === 'foreign-key')).toEqual([])
  })
})
