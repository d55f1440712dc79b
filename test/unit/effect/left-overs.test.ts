import { describe, expect, it } from 'vitest'
import { examine, makeSituation, type Situation } from '../doctor/doctor-home.ts'
import { aiderHome, claudeHome, codexHome } from './client-homes.ts'
import { foreignModelTable } from './left-over-table.ts'

describe('a model of another vendor', () => {
  it.each(foreignModelTable)(
    '%s in %s is a warning that names both, and %s',
    async (model, place, remedy, situation) => {
      const { findings } = await examine(makeSituation(situation))
      const found = findings.filter(({ id }) => id === 'foreign-model')
      expect(found).toHaveLength(1)
      expect(found[0]).toMatchObject({ level: 'warning' })
      expect(String(found[0]?.message)).toContain(`the model ${model}`)
      expect(String(found[0]?.message)).toContain(place)
      expect(String(found[0]?.hint)).toContain(remedy)
    },
  )

  it.each<[string, Situation]>([
    ['an alias', claudeHome({}, { model: 'opusplan' })],
    ['a longer context', claudeHome({ ANTHROPIC_MODEL: 'claude-sonnet-5[1m]' })],
    ['an alias with a longer context', claudeHome({}, { model: 'Sonnet[1m]' })],
    ['an empty one', claudeHome({ ANTHROPIC_MODEL: '' })],
    ['one that another beats', claudeHome({ ANTHROPIC_MODEL: 'claude-opus-5-5' }, { model: 'glm-5' })],
    ['one of its own', codexHome('model = "gpt-5.5-codex"\n')],
    ['a prefix', aiderHome('model: anthropic/claude-sonnet-5\n')],
    [
      'one for another vendor’s URL',
      claudeHome({ ANTHROPIC_BASE_URL: 'https://llm.example.com', ANTHROPIC_MODEL: 'glm-5' }),
    ],
  ])('is not what %s is', async (_, situation) => {
    const { findings } = await examine(makeSituation(situation))
    expect(findings.filter(({ id }) => id === 'foreign-model')).toEqual([])
  })
})

describe('a placeholder where a key belongs', () => {
  it.each([
    '$ANTHROPIC_KEY',
    `\${QCODE_API_KEY}`,
    `\${env:QCODE_API_KEY}`,
    '%QCODE_API_KEY%',
    '{{ key }}',
    '<your-key>',
    'your-api-key',
    'YOUR_QCODE_KEY',
    'sk-xxx',
    'sk-ant-xxxxxxxx',
    'cr_xxxxxxxx',
    'cr_your_key',
    'PROXY_MANAGED',
    'CHANGE_ME',
    'placeholder',
    'sk-...',
    'null',
  ])('%s is an error that shows it, with its line', async (text) => {
    const { findings } = await examine(makeSituation(claudeHome({ ANTHROPIC_AUTH_TOKEN: text })))
    const [found] = findings.filter(({ id }) => id === 'placeholder-key')
    expect(found).toMatchObject({ level: 'error', where: { line: 4 } })
    expect(String(found?.message)).toContain(text)
    expect(findings.filter(({ id }) => id === 'foreign-key')).toEqual([])
  })

  it.each<[string, Situation]>([
    ['a reference that a file of variables has replaced', codexHome('', `\${OTHER}`)],
    ['a key', claudeHome({})],
  ])('is no placeholder as %s', async (_, situation) => {
    const { findings } = await examine(makeSituation(situation))
    expect(findings.filter(({ id }) => id === 'placeholder-key')).toEqual([])
  })
})
