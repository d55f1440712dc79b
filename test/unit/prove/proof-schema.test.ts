import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { compileProof, proofFields } from '../../../src/catalog/manifest-schema.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const schema = z.strictObject(proofFields)
const tool = { title: 'Toy', detect: { commands: ['toy'] } }

function compile(section: object) {
  const [proof] = schema.parse({ prove: [section] }).prove
  if (!proof) throw new Error('no section')
  return compileProof(proof, tool, (name) => `text of ${name}`)
}

describe('a [[prove]] section', () => {
  it('takes title and program from the rest of the manifest', () => {
    expect(compile({ args: ['{{ prompt }}'] })).toEqual({
      client: 'Toy',
      commands: ['toy'],
      args: ['{{ prompt }}'],
      env: {},
      inProject: false,
      timeout: 60,
    })
  })

  it('brings the text of its script', () => {
    expect(compile({ script: 'prove.py', in_project: true })).toMatchObject({
      script: 'text of prove.py',
      inProject: true,
    })
  })

  it.each([
    [{ args: ['{{ key }}'] }],
    [{ args: ['{{prompt}}'] }],
    [{ script: '../elsewhere.py' }],
    [{ script: '/etc/passwd' }],
    [{ timeout: 0 }],
    [{ timeout: 6000 }],
    [{ commands: [] }],
    [{ shell: true }],
  ])('refuses %j', (section) => {
    expect(() => compile(section)).toThrow()
  })

  it.each(testCatalog.tools.map((each) => [each.id, each] as const))(
    'stands in the folder of %s',
    (_, each) => {
      const add = `templates/${each.id}/tool.toml needs a [[prove]]: one turn without a terminal`
      expect(each.proofs.length, add).toBeGreaterThan(0)
      for (const variant of each.variants.filter(({ when }) => when !== 'request')) {
        const fitting = each.proofs.filter(({ variants }) => variants?.includes(variant.id) ?? true)
        expect(fitting.length, `${add}, for its variant ${variant.id} too`).toBeGreaterThan(0)
      }
      for (const { args, variants = [], protocol } of each.proofs) {
        expect(args).toContain('{{ prompt }}')
        expect(each.variants.map(({ id }) => id)).toEqual(expect.arrayContaining([...variants]))
        const protocols = each.variants.flatMap(({ endpoints }) =>
          endpoints.map((endpoint) => endpoint.protocol),
        )
        if (protocol) expect(protocols).toContain(protocol)
      }
    },
  )
})
