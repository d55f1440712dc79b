import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  askGit,
  findDotfiles,
  gitMessage,
  keyInGit,
  stateInGit,
  untrackCommand,
} from '../../../src/checks/key-in-git.ts'
import type { Host } from '../../../src/host/host.ts'
import { createNodeHost } from '../../../src/host/node.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

const { run } = createNodeHost(projectFolder)

let root = ''
let home = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-dotfiles-')))
  home = join(root, 'a home')
  put('.claude/settings.json', '{}\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

function git(...args: string[]): string {
  return execFileSync('git', ['-C', home, ...args], { encoding: 'utf8', stdio: 'pipe' })
}

function loop(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    symlinkSync(join(home, path), join(home, path))
  }
}

/** As the guides do it; with `settings`, as yadm 3.2.2 and vcsh 1.20190621 leave it. */
function track(gitFolder: string, path: string, settings: Record<string, string> = {}): string {
  const folder = join(home, gitFolder)
  git('init', '-q', '--bare', folder)
  for (const [name, value] of Object.entries(settings)) git(`--git-dir=${folder}`, 'config', name, value)
  git(`--git-dir=${folder}`, `--work-tree=${home}`, 'add', '-f', '--', path)
  return folder
}

async function ask(path: string, changes: Partial<Host> = {}) {
  const host = createTestHost(home, { run, ...changes })
  return askGit(join(home, path), await findDotfiles(testCatalog.dotfiles, host), host)
}

const settings = '.claude/settings.json'
const ofYadm = () => ({
  'core.bare': 'false',
  'core.worktree': home,
  'status.showUntrackedFiles': 'no',
})

describe('a file that dotfiles track', () => {
  it.each([
    ['.cfg'],
    ['.dotfiles'],
    ['.dotfiles.git'],
    ['.git-dotfiles'],
    ['.dotbare', { DOTBARE_DIR: '.dotbare' }],
    ['.yadm/repo.git'],
    ['.config/yadm/repo.git'],
    ['.local/share/yadm/repo.git'],
    ['data/yadm/repo.git', { XDG_DATA_HOME: 'data' }],
    ['.config/vcsh/repo.d/claude.git'],
    ['xdg/vcsh/repo.d/claude.git', { XDG_CONFIG_HOME: 'xdg' }],
    ['vcsh/claude.git', { VCSH_REPO_D: 'vcsh' }],
  ])('is found, whoever keeps it in %s', async (folder: string, variables: Record<string, string> = {}) => {
    const paths = Object.entries(variables).map(([name, path]) => [name, join(home, path)])
    const env = { PATH: process.env.PATH, ...Object.fromEntries(paths) }
    for (const given of [{}, ofYadm()]) {
      const gitFolder = track(folder, settings, given)
      const fate = await ask(settings, { env })
      expect(fate).toEqual({ kind: 'tracked', repository: home, name: settings, gitFolder })
      expect(await ask('.claude/other.json', { env })).toBeUndefined()
      rmSync(gitFolder, { recursive: true })
    }
  })

  it('is named with a command that takes it out and leaves it', async () => {
    track('.cfg', settings)
    const fate = await ask(settings)
    if (fate?.kind !== 'tracked') throw new Error('not tracked')
    expect(String(gitMessage(settings, fate))).toContain(`tracked by the Git repository ${home}/.cfg`)
    const { hint } = keyInGit(settings, fate)
    for (const part of [untrackCommand(fate), '--key-store keychain', '--allow-tracked', 'key rotate'])
      expect(String(hint)).toContain(part)
    execFileSync('sh', ['-c', `cd / && ${untrackCommand(fate)}`])
    expect(await ask(settings)).toBeUndefined()
    expect(readFileSync(join(home, settings), 'utf8')).toBe('{}\n')
  })

  it('counts also where the repository around the file ignores it or could be told to', async () => {
    track('.cfg', settings)
    git('init', '-q')
    expect(await ask(settings)).toMatchObject({ kind: 'tracked' })
    put('.gitignore', '*\n')
    expect(await ask(settings)).toMatchObject({ kind: 'tracked' })
  })

  it('may be named from a folder above the home, or from a home that is a link', async () => {
    const gitFolder = track('.cfg', settings)
    const link = join(root, 'link')
    symlinkSync(home, link)
    expect(await ask(settings, { home: link })).toMatchObject({ kind: 'tracked', gitFolder })
    git(`--git-dir=${gitFolder}`, 'rm', '-q', '-r', '--cached', '.')
    git(`--git-dir=${gitFolder}`, `--work-tree=${root}`, 'add', settings)
    expect(await ask(settings)).toBeUndefined()
    git(`--git-dir=${gitFolder}`, 'config', 'core.bare', 'false')
    git(`--git-dir=${gitFolder}`, 'config', 'core.worktree', '../..')
    expect(await ask(settings)).toMatchObject({ repository: root, name: `a home/${settings}` })
  })

  it('may be one of a plain clone that was given the home', async () => {
    git('init', '-q', '.dotfiles')
    git('-C', '.dotfiles', 'config', 'core.worktree', '../..')
    git('-C', '.dotfiles', `--git-dir=${home}/.dotfiles/.git`, 'add', join(home, settings))
    expect(await ask(settings)).toMatchObject({ kind: 'tracked', gitFolder: join(home, '.dotfiles/.git') })
  })
})

describe('no influence on the key has', () => {
  it('a clone of dotfiles whose files are its own, and git is not asked for a key', async () => {
    put(`.dotfiles/${settings}`, '{}\n')
    git('init', '-q', '.dotfiles')
    git('-C', '.dotfiles', 'add', '.')
    expect(await ask(settings)).toBeUndefined()
    expect(await ask(`.dotfiles/${settings}`)).toMatchObject({ repository: join(home, '.dotfiles') })
  })

  it.each([
    ['nothing', () => {}],
    ['a bare repository that is only pushed to', () => git('init', '-q', '--bare', '.dotfiles.git')],
    ['a folder of another kind', () => put('.dotfiles/index', '')],
    ['a file', () => put('.cfg', '')],
    ['no folder', () => put('.config/vcsh/repo.d', '')],
    ['a link to itself', () => loop('.config/vcsh/repo.d', '.cfg')],
  ])('%s, and git is not even started', async (_, prepare) => {
    prepare()
    const none = () => Promise.reject(new Error('started'))
    expect(await ask(settings, { run: none })).toBeUndefined()
  })

  it('a repository whose files lie somewhere else, or nowhere any more', async () => {
    const gitFolder = track('.cfg', settings, ofYadm())
    for (const elsewhere of [projectFolder, join(root, 'gone')]) {
      git(`--git-dir=${gitFolder}`, 'config', 'core.worktree', elsewhere)
      expect(await ask(settings)).toBeUndefined()
    }
  })
})

it('is not known, and said so, where git is missing or the repository is broken', async () => {
  const gitFolder = track('.cfg', settings)
  const fate = await ask(settings, { run: async () => ({ exit: null, stdout: '', stderr: '' }) })
  expect(fate).toEqual({ kind: 'not-asked', repository: home, gitFolder })
  expect(fate && keyInGit(settings, fate).hint).toContain(`'--git-dir=${gitFolder}'`)
  writeFileSync(join(gitFolder, 'index'), 'broken')
  expect(await ask(settings)).toEqual(fate)
})

it('no program that such a repository names is run', async () => {
  const ran = join(root, 'ran')
  const program = `touch '${ran}'; :`
  const names = ['core.fsmonitor', 'core.pager', 'alias.ls-files', 'alias.config', 'filter.x.clean']
  const gitFolder = track('.cfg', settings)
  for (const name of names) {
    const value = name.startsWith('alias') ? `!${program}` : program
    git(`--git-dir=${gitFolder}`, 'config', name, value)
  }
  mkdirSync(join(gitFolder, 'hooks'), { recursive: true })
  for (const hook of ['post-index-change', 'fsmonitor-watchman'])
    writeFileSync(join(gitFolder, 'hooks', hook), `#!/bin/sh\n${program}\n`, { mode: 0o755 })
  expect(await ask(settings)).toMatchObject({ kind: 'tracked' })
  expect(existsSync(ran)).toBe(false)
})

it('backups are seen there too', async () => {
  const context = { catalog: testCatalog, host: createTestHost(home, { run }) }
  put('state/runs/backup-0', '')
  const look = () => stateInGit(join(home, 'state'), context)
  track('.cfg', settings)
  expect(await look()).toBeUndefined()
  track('.cfg', 'state/runs/backup-0')
  expect(String((await look())?.hint)).toContain(`'--git-dir=${home}/.cfg'`)
})
