import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'

/** What another program does right after a path was found. */
const meanwhile = vi.hoisted(() => ({ work: [] as (() => void)[] }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const lstatSync = (...given: Parameters<typeof original.lstatSync>) => {
    const found = original.lstatSync(...given)
    meanwhile.work.shift()?.()
    return found
  }
  return { ...original, default: original, lstatSync }
})
const { readFileState } = await import('../../src/host/read-file-state.ts')
const { assertWritable } = await import('../../src/host/ownership.ts')

function place(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-goes-away-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'settings.json')
}

it('given a file that is taken away while it is looked at, it is absent', () => {
  const path = place()
  writeFileSync(path, 'old')
  meanwhile.work = [() => rmSync(path)]
  expect(readFileState(path).kind).toBe('absent')
})

it('given a link that leads nowhere, that is told and not looked at for ever', () => {
  const path = place()
  symlinkSync(join(path, '..', 'nowhere'), path)
  meanwhile.work = []
  expect(() => readFileState(path)).toThrow('is a broken link')
})

it('given a file that is taken away after it was read, it is not called read-only', () => {
  const path = place()
  writeFileSync(path, 'old')
  meanwhile.work = []
  const state = readFileState(path)
  rmSync(path)
  expect(() => assertWritable(state, { uid: 0, env: {}, home: '/root' })).not.toThrow()
})
