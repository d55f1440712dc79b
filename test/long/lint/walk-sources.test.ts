import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { walkSources } from '../../../src/checks/lint/walk-sources.ts'
import { randomCases } from '../../support/random-cases.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function makeTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'qcode-walk-'))
  roots.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

function walked(root: string, from = root): string[] {
  return [...walkSources(from)].map((path) => relative(root, path)).sort()
}

describe('walkSources', () => {
  it('gives sources of every kind and nothing else, and enters neither .git nor node_modules nor links', () => {
    const sources = [
      'a.py',
      'b/c.tsx',
      '.env',
      '.env.local',
      'd.jsonc',
      'e.fish',
      'f.ps1',
      'g.yml',
      'prod.env',
    ]
    const others = ['x.md', 'y.png', 'node_modules/m/i.js', '.git/config.toml', 'b/node_modules/n.ts']
    const root = makeTree(Object.fromEntries([...sources, ...others].map((name) => [name, ''])))
    symlinkSync(root, join(root, 'b', 'loop'))
    expect(walked(root)).toEqual([...sources].sort())
  })

  it('honours nested .gitignore files, the nearest first, with what they take back', () => {
    const root = makeTree({
      '.gitignore': '*.env\n!keep.env\nbuild/\n/top.py\n',
      'one.env': '',
      'keep.env': '',
      'top.py': '',
      'build/a.py': '',
      'sub/top.py': '',
      'sub/.gitignore': '!one.env\nkeep.env\n',
      'sub/one.env': '',
      'sub/keep.env': '',
      'sub/deep/keep.env': '',
    })
    expect(walked(root)).toEqual(['keep.env', 'sub/one.env', 'sub/top.py'])
  })

  it('honours the .gitignore files above it up to the top of the repository, and no further', () => {
    const root = makeTree({
      '.gitignore': '*.ts\n',
      'repo/.git/info/exclude': 'private.py\n',
      'repo/.gitignore': 'sub/skipped.py\n',
      'repo/sub/skipped.py': '',
      'repo/sub/private.py': '',
      'repo/sub/a.ts': '',
      'repo/sub/b.py': '',
    })
    expect(walked(join(root, 'repo'), join(root, 'repo', 'sub'))).toEqual(['sub/a.ts', 'sub/b.py'])
  })

  it('agrees with git on random rules', () => {
    const rule = fc.constantFrom(
      '*.py',
      '!a.py',
      '/a/',
      'b/',
      'a/b.py',
      '**/a.py',
      '!b/a.py',
      '/b.py',
      '!*.py',
      '#a',
      'a/*',
      '',
      '[ab].py',
      '?.py',
      '*a*',
      '!*b.py',
      'a',
      'a/**',
      'b.py ',
      '\\!a.py',
      '*.PY',
      '!A.py',
      'B/',
      '!b',
      '!b/',
      '!/a/b',
      '[x]/a.py',
      '/',
      '!/',
      '/ ',
      'a/ ',
      'a.py\r',
      '\\a.py',
      'a\\',
      '**',
      '!**/',
      '*/',
      '!*/',
      '[!a].py',
      '[a-',
      'a.py\t',
      '/*/b.py',
      'a/**/b.py',
    )
    const rules = fc.array(rule, { maxLength: 5 })
    const names = [
      'a.py',
      'b.py',
      'a/a.py',
      'a/b.py',
      'a/b/a.py',
      'b/a.py',
      'b/b/b.py',
      'c/a/b.py',
      'A.py',
      'B/a.py',
      '[x]/a.py',
      '[x]/b.py',
      'a/b/b/a.py',
    ]
    fc.assert(
      fc.property(rules, rules, rules, rules, (top, inA, inB, inX) => {
        const root = makeTree({
          ...Object.fromEntries(names.map((name) => [name, ''])),
          '.gitignore': top.join('\n'),
          'a/.gitignore': inA.join('\n'),
          'b/.gitignore': inB.join('\n'),
          '[x]/.gitignore': inX.join('\n'),
        })
        execFileSync('git', ['init', '--quiet', root])
        const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', HOME: root }
        const args = ['-C', root, 'ls-files', '--others', '--exclude-standard', '--', '*.py']
        const listed = execFileSync('git', args, { encoding: 'utf8', env }).split('\n').filter(Boolean)
        expect(walked(root)).toEqual(listed.sort())
        for (const part of ['a/', 'a/b/']) {
          const inPart = listed.filter((name) => name.startsWith(part))
          // Where git lists nothing it may not have entered the folder in which the search begins.
          if (inPart.length > 0) expect(walked(root, join(root, part, '.'))).toEqual(inPart)
        }
        rmSync(root, { recursive: true })
      }),
      randomCases(300),
    )
  })
})
