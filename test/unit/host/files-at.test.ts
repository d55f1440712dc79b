import { describe, expect, it } from 'vitest'
import { filesAt } from '../../../src/host/files-at.ts'

const names = ['20-b.json', '10-a.json', '.30-c.json', '40-d.json~', 'note.txt', '.json']

describe('the files that a path with a star means', () => {
  it.each([
    ['/d/settings.json', ['/d/settings.json']],
    ['/d/*.json', ['/d/10-a.json', '/d/20-b.json']],
    ['/d/1*.json', ['/d/10-a.json']],
    ['/d/*', ['/d/10-a.json', '/d/20-b.json', '/d/40-d.json~', '/d/note.txt']],
    ['/d/*.toml', []],
    ['/d/note.txt*note.txt', []],
  ])('%s', (path, wanted) => {
    expect(filesAt(path, () => names)).toEqual(wanted)
  })

  it('a folder that is not there has none', () => {
    expect(filesAt('/nowhere/at/all/*.json')).toEqual([])
  })
})
