import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeHome, projectPath, runProgram, sampleKey } from '../../support/run-program.ts'
import { hasSecretService, startSecretService } from '../../support/secret-service.ts'

const secondKey = `cr_${'76543210fedcba98'.repeat(4)}`
const preload = `--require=${join(projectPath, 'test/long/keychain/die-at-call.cjs')}`

it.skipIf(!hasSecretService)(
  'key set killed at any call of the keychain is taken back by the next start',
  async () => {
    const { home, drop } = makeHome()
    const service = await startSecretService(home)
    const set = (key: string, env = {}) =>
      runProgram(['key', 'set', '--key-file', '-', '--yes'], {
        home,
        env: { ...service.env, ...env },
        input: key,
      })
    try {
      await set(sampleKey)
      const messages: string[] = []
      for (let at = 0; ; at++) {
        const { exit } = await set(secondKey, { NODE_OPTIONS: preload, DIE_AT: String(at) })
        if (exit === 0) break
        const next = await set(sampleKey)
        expect(next.exit).toBe(0)
        messages.push(next.stderr)
        expect(await runProgram(['key', 'get'], { home, env: service.env })).toMatchObject({
          stdout: `${sampleKey}\n`,
        })
        expect(service.accounts()).toEqual(['default'])
      }
      expect(messages.filter((message) => message.includes('was interrupted')).length).toBeGreaterThan(3)
      expect(service.accounts().sort()).toEqual([expect.stringMatching(/^backup-/), 'default'])
    } finally {
      await service.stop()
      drop()
    }
  },
)
