import { execFileSync } from 'node:child_process'
import {
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
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  askGit,
  type GitStatus,
  gitMessage,
  ignoreCommand,
  keyInGit,
  untrackCommand,
} from '../../../src/checks/key-in-git.ts'
import { createNodeHost } from '../../../src/host/node.ts'
import { projectFolder } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

const { run } = createNodeHost(projectFolder)
const ask = (file: string) => askGit(file, [], { run })

let root = ''
let repository = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-git-')))
  repository = join(root, 'a repository')
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(root, 'gitconfig'))
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1')
  vi.stubEnv('XDG_CONFIG_HOME', join(root, 'xdg'))
  put(
    join(root, 'gitconfig'),
    '[user]\nname = Ada\nemail = ada@example.com\n[protocol "file"]\nallow = always\n',
  )
  mkdirSync(repository)
  git('init', '-q')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

function git(...args: string[]): string {
  return execFileSync('git', ['-C', repository, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const inside = (path: string) => join(repository, path)

/** What a shell does with a command that we told the user to type. */
function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' })
}

function expectKind<Kind extends GitStatus['kind']>(
  fate: GitStatus | undefined,
  kind: Kind,
): Extract<GitStatus, { kind: Kind }> {
  expect(fate?.kind).toBe(kind)
  return fate as Extract<GitStatus, { kind: Kind }>
}

describe('git would never take the key', () => {
  it('outside of a repository', async () => {
    expect(await ask(join(root, 'elsewhere/.env'))).toBeUndefined()
  })

  it.each([
    ['.gitignore', () => put(inside('.gitignore'), '.env\n')],
    ['a .gitignore beside it', () => put(inside('deep/.gitignore'), '.env\n')],
    ['info/exclude', () => put(inside('.git/info/exclude'), '.env\n')],
    ["the user's own list", () => put(join(root, 'xdg/git/ignore'), '.env\n')],
    ['a folder that is ignored as a whole', () => put(inside('.gitignore'), 'deep\n!deep/.env\n')],
  ])('where %s ignores the file', async (_, ignore) => {
    ignore()
    expect(await ask(inside('deep/.env'))).toBeUndefined()
  })
})

describe('a file that git would take', () => {
  it.each([
    ['nothing is ignored', undefined],
    ['other things are ignored', '*.log\n'],
    ['it was taken in again before', '.env\n!.env\n'],
    ['everything is taken in again at last', '*\n!*\n!*/\n'],
  ])('is hidden by our line, where %s', async (_, gitignore) => {
    if (gitignore !== undefined) put(inside('.gitignore'), gitignore)
    const fate = expectKind(await ask(inside('deep/.env')), 'would-take')
    expect(fate).toEqual({
      kind: 'would-take',
      repository,
      gitignore: inside('.gitignore'),
      pattern: '/deep/.env',
    })
    shell(ignoreCommand(fate))
    expect(await ask(inside('deep/.env'))).toBeUndefined()
  })

  it.each(['it\'s "odd" $HOME/[a]*?.env', ' blanks ', '-n', ':(top)x', '#no', '!no', 'back\\slash'])(
    'named %j is hidden as well, by a command that can be copied',
    async (name) => {
      const fate = expectKind(await ask(inside(name)), 'would-take')
      put(inside('.gitignore'), 'no line end')
      shell(ignoreCommand(fate))
      expect(await ask(inside(name))).toBeUndefined()
      expect(readFileSync(inside('.gitignore'), 'utf8')).toMatch(/^no line end\n/)
    },
  )

  it("is hidden whatever info/exclude and the user's own list take in", async () => {
    put(join(root, 'mine'), '!.env\n')
    git('config', 'core.excludesFile', join(root, 'mine'))
    put(inside('.git/info/exclude'), '!.env\n')
    const fate = expectKind(await ask(inside('.env')), 'would-take')
    shell(ignoreCommand(fate))
    expect(await ask(inside('.env'))).toBeUndefined()
  })

  it('may lie in a worktree, whose .gitignore counts', async () => {
    git('commit', '-q', '--allow-empty', '-m', 'first')
    git('worktree', 'add', '-q', join(root, 'tree'))
    const fate = expectKind(await ask(join(root, 'tree/.env')), 'would-take')
    expect(fate.gitignore).toBe(join(root, 'tree/.gitignore'))
  })

  it('may lie in a submodule, which is a repository of its own', async () => {
    const other = join(root, 'other')
    execFileSync('git', ['init', '-q', other])
    execFileSync('git', ['-C', other, 'commit', '-q', '--allow-empty', '-m', 'first'])
    git('submodule', '--quiet', 'add', other, 'module')
    put(inside('.gitignore'), '.env\n')
    const fate = expectKind(await ask(inside('module/deep/.env')), 'would-take')
    expect([fate.repository, fate.pattern]).toEqual([inside('module'), '/deep/.env'])
  })

  it('is asked about in its own repository, also from a hook of another one', async () => {
    const other = join(root, 'other')
    execFileSync('git', ['init', '-q', other])
    put(join(other, '.git/info/exclude'), '*\n')
    vi.stubEnv('GIT_DIR', join(other, '.git'))
    vi.stubEnv('GIT_WORK_TREE', root)
    expectKind(await ask(inside('.env')), 'would-take')
  })
})

describe('a line does not help', () => {
  it('where git tracks the file; the command takes it out of the index, and it stays', async () => {
    for (const name of ["it's.env", 'star*.env', '.env']) {
      put(inside(name), 'A=1\n')
      git('add', '-f', '--', `:(literal)${name}`)
      const fate = expectKind(await ask(inside(name)), 'tracked')
      expect(keyInGit(inside(name), fate)).toMatchObject({
        code: 'key-in-git',
        exit: 1,
        hint: expect.stringContaining('qcode-setup key rotate'),
      })
      shell(`cd / && ${untrackCommand(fate)}`)
      expectKind(await ask(inside(name)), 'would-take')
      expect(readFileSync(inside(name), 'utf8')).toBe('A=1\n')
    }
  })

  it('where a tracked file is ignored, as git goes on with it', async () => {
    put(inside('.env'), '')
    git('add', '.env')
    put(inside('.gitignore'), '.env\n')
    expectKind(await ask(inside('.env')), 'tracked')
  })

  it.each([
    ['a .gitignore nearer by takes it in', 'deep/.gitignore', '!.env\n', 'deep/.gitignore, line 1'],
    ['the line is there, and undone', '.gitignore', '/deep/.env\n!.env\n', 'a later line cancels it'],
  ])('where %s', async (_, path, text, why) => {
    put(inside(path), text)
    const fate = expectKind(await ask(inside('deep/.env')), 'line-loses')
    expect(String(gitMessage('.env', fate))).toContain(why)
    // It is as we say: with our line, git still takes it.
    if (path !== '.gitignore') put(inside('.gitignore'), '/deep/.env\n')
    put(inside('deep/.env'), '')
    expect(git('ls-files', '--others', '--exclude-standard')).toContain('deep/.env')
  })

  it('where .gitignore is a link, or no line can name the file', async () => {
    expectKind(await ask(inside('a\nb')), 'line-loses')
    put(join(root, 'rules'), '')
    symlinkSync(join(root, 'rules'), inside('.gitignore'))
    expectKind(await ask(inside('.env')), 'line-loses')
  })
})

describe('git cannot be asked', () => {
  it('where it is missing', async () => {
    const host = createTestHost(root, { run: async () => ({ exit: null, stdout: '', stderr: '' }) })
    expectKind(await askGit(inside('.env'), [], host), 'not-asked')
  })

  it('where the repository is broken', async () => {
    writeFileSync(inside('.git/HEAD'), '')
    rmSync(inside('.git/config'))
    rmSync(inside('.git/objects'), { recursive: true })
    expectKind(await ask(inside('.env')), 'not-asked')
  })
  it
    .skipIf(process.platform === 'win32')
    .each(['.git/config', '.gitignore', '.git/info/exclude', '.git/index'])(
    'where a pipe that nobody writes to stands at %s, for which git waits for ever',
    async (path) => {
      put(inside('.git/index'), '')
      rmSync(inside(path), { force: true })
      execFileSync('mkfifo', [inside(path)])
      expectKind(await ask(inside('.env')), 'not-asked')
    },
  )
})
