import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compileTool } from '../../../src/catalog/compile-tool.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const folder = mkdtempSync(join(tmpdir(), 'qcode-fallback-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A tool with two variants of different protocols and two of the same, of which the first names this fallback. */
function compileWith(fallback: string) {
  const variant = (id: string, protocol: string, prefix: string, appends: string) =>
    `[[variants]]\nid = "${id}"\ntitle = "${id}"\nwhen = "request"\nendpoints = [{ protocol = "${protocol}", prefix = "${prefix}", appends = "${appends}" }]\n`
  const manifest = [
    'schema = 1\nid = "tool"\ntitle = "Tool"\ndocs = "https://example.com"\nauth = "bearer"\n[detect]\n',
    `${variant('first', 'openai-responses', '/openai', '/responses')}fallback = "${fallback}"\n`,
    variant('second', 'openai-responses', '/openai/v1', '/responses'),
    variant('other', 'openai-chat', '/openai/v1', '/chat/completions'),
  ].join('\n')
  return compileTool(folder, testCatalog.gateway, () => manifest)
}

describe('the fallback of a variant', () => {
  it('is another variant of the same protocols', async () => {
    expect((await compileWith('second')).variants[0]?.fallback).toBe('second')
  })

  it.each(['first', 'other', 'nowhere'])('is refused by name and file otherwise: %s', async (fallback) => {
    await expect(compileWith(fallback)).rejects.toMatchObject({
      code: 'tool-folder',
      message: expect.stringContaining(`fallback ${fallback}`),
      where: { file: join(folder, 'tool.toml') },
    })
  })
})
