import { describe, expect, it } from 'vitest'
import { clineProvidersFile } from '../../support/cline-providers.ts'
import { examine, makeSituation, type Situation } from '../doctor/doctor-home.ts'
import { gatewayKey } from '../doctor/trap-table.ts'
import { aiderHome, claudeHome, clineHome } from './client-homes.ts'

const other = `cr_${'other'.repeat(12)}`
const foreign = `sk-ant-api03-${'x'.repeat(40)}`

/** The findings about two keys of the gateway. */
async function conflictsOf(situation: Situation) {
  const { findings, everything } = await examine(makeSituation(situation))
  expect(everything).not.toContain(other)
  return findings
    .filter(({ id }) => id === 'different-keys' || id === 'two-keys')
    .map(({ tool, level, message }) => ({ tool, level, text: String(message) }))
}

const header = (name: string, key: string) => clineHome({ headers: { [name]: key } })

describe('two keys of the gateway for one header, under different names', () => {
  it.each<[what: string, tool: string, situation: Situation, used: string, ignored: string]>([
    ['Cline: a header and the key', 'cline', header('x-api-key', other), 'headers', 'settings.apiKey'],
    ['Cline: a header in capitals and the key', 'cline', header('X-Api-Key', other), 'headers', 'apiKey'],
    [
      'Cline: the key and the variable',
      'cline',
      { ...clineHome({}), env: { ANTHROPIC_API_KEY: other } },
      clineProvidersFile,
      'ANTHROPIC_API_KEY',
    ],
    [
      'Claude Code: a header and the variable',
      'claude-code',
      claudeHome({
        ANTHROPIC_AUTH_TOKEN: undefined,
        ANTHROPIC_API_KEY: gatewayKey,
        ANTHROPIC_CUSTOM_HEADERS: `x-api-key: ${other}`,
      }),
      'ANTHROPIC',
      'ANTHROPIC',
    ],
  ])(
    'given %s, when the effect is judged, then both are named',
    async (_, tool, situation, used, ignored) => {
      const [conflict, ...more] = await conflictsOf(situation)
      expect(more).toEqual([])
      expect(conflict).toMatchObject({ tool, level: 'warning' })
      const [first = '', second = ''] = conflict?.text.split(' and ') ?? []
      expect(first).toContain(used)
      expect(second).toContain(ignored)
    },
  )

  it.each<[what: string, situation: Situation]>([
    ['the same key twice', header('x-api-key', gatewayKey)],
    ['an empty header', header('x-api-key', '')],
    ['somebody else’s key that is not sent', { ...clineHome({}), env: { ANTHROPIC_API_KEY: foreign } }],
    ['nothing but one key', aiderHome('')],
  ])('given %s, when the effect is judged, then nothing is said of two', async (_, situation) => {
    expect(await conflictsOf(situation)).toEqual([])
  })
})
