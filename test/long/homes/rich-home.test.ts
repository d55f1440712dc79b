import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toolsWithoutModel } from '../../support/every-tool.ts'
import { type HomeTree, readTree, usersPart } from '../../support/home-tree.ts'
import { fillRichHome, richFiles, richLinks } from '../../support/rich-home.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

const run = (home: string, ...args: readonly string[]) => runProgram([...args, '--yes', '--json'], { home })

describe('a home with rich, commented, linked, CRLF and BOM files for every tool', () => {
  it('is set up without a loss, and comes back by undo', () =>
    inRichHome(async (home) => {
      const start = readTree(home)
      const ran = await setUp(['all'], { home }, '--json')
      expect(ran.exit, ran.stderr).toBe(0)
      const after = readTree(home)
      for (const [path, file] of Object.entries(richFiles)) {
        expect(lostLines(file.text, readFileSync(join(home, path), 'utf8')), path).toEqual(
          file.replaced ?? [],
        )
        expect(after[path]?.mode, path).toBe(file.mode)
      }
      for (const [path, target] of Object.entries(richLinks))
        expect(after[path]).toMatchObject({ kind: 'link', target })
      expect(lineEnds(after, 'dotfiles/codex/config.toml')).toEqual(['\r\n'])
      expect(lineEnds(after, 'dotfiles/claude/settings.json')).toEqual(['\r\n'])
      expect(lineEnds(after, 'dotfiles/aider.yml')).toEqual(['\r\n'])
      expect(lineEnds(after, 'dotfiles/profile')).toEqual(['\r\n'])
      expect(after['dotfiles/codex/config.toml']?.bytes).toMatch(/^\u00EF\u00BB\u00BF# Codex/)

      const again = await setUp(['all'], { home }, '--json')
      expect(JSON.parse(again.stdout).changed).toBe(false)
      expect(readTree(home)).toEqual(after)

      expect((await run(home, 'undo')).exit).toBe(0)
      expect(usersPart(readTree(home))).toEqual(usersPart(start))
    }))

  it('holds nothing of ours after a switch and a removal, and what was replaced is back', () =>
    inRichHome(async (home) => {
      const start = usersPart(readTree(home))
      expect((await setUp(['all'], { home })).exit).toBe(0)
      expect((await run(home, 'switch', 'china', '--no-check')).exit).toBe(0)
      const removed = await run(home, 'remove')
      expect(removed.exit, removed.stderr).toBe(0)
      const after = usersPart(readTree(home))
      expect(withoutQuotes(after)).toEqual(withoutQuotes(start))
      for (const [path, { bytes = '' }] of Object.entries(after)) {
        expect(bytes.replace('QCODE_API_KEY=cr_old', ''), path).not.toMatch(/qcode|cr_|103\.236\.53\.153/i)
        expect(bytes).not.toContain(sampleKey)
      }
    }))

  it('gets one tool taken out after the other in any order', () =>
    inRichHome(async (home) => {
      const start = usersPart(readTree(home))
      expect((await setUp(['all'], { home })).exit).toBe(0)
      const [first, second] = [1, 0].map((rest) => toolsWithoutModel.filter((_, index) => index % 2 === rest))
      for (const tool of [...(first ?? []), ...(second ?? [])]) {
        const removed = await run(home, 'remove', '--tool', tool)
        expect(removed.exit, removed.stderr).toBe(0)
      }
      expect(withoutQuotes(usersPart(readTree(home)))).toEqual(withoutQuotes(start))
    }))
})

async function inRichHome(work: (home: string) => Promise<void>): Promise<void> {
  const { home, drop } = makeHome()
  fillRichHome(home)
  await work(home).finally(drop)
}

/** A value that is given back may be spelled with other quotes than before. */
function withoutQuotes(tree: HomeTree): HomeTree {
  const entries = Object.entries(tree).map(([path, leaf]) => [
    path,
    { ...leaf, bytes: leaf.bytes?.replace(/["']/g, '') },
  ])
  return Object.fromEntries(entries)
}

/** The lines of the old text that are not, in their order, in the new one, where something may follow on the line. */
function lostLines(before: string, after: string): string[] {
  const lines = after.split(/\r?\n/)
  let at = 0
  return before.split(/\r?\n/).filter((line) => {
    const found = lines.findIndex((other, index) => index >= at && goesOn(other, line))
    if (found >= 0) at = found + 1
    return found < 0
  })
}

function goesOn(line: string, start: string): boolean {
  return start.trim() === '' ? line === start : line.startsWith(start)
}

function lineEnds(tree: HomeTree, path: string): string[] {
  return [...new Set(tree[path]?.bytes?.match(/\r?\n/g))]
}
