import { execFileSync } from 'node:child_process'
import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeHome, noKeychain, programPath, projectPath, sampleKey } from '../../support/run-program.ts'

const page = readFileSync(join(projectPath, 'docs/dotfiles.md'), 'utf8')
const setupFile = 'region = "eu"\nkey = "env:QCODE_API_KEY"\ntools = ["codex", "claude-code", "openai-sdk"]\n'

/** The shell's block below a heading of the page. */
function recipe(heading: string): string {
  const [, block] = new RegExp(`^### ${heading}$[^#]*?^\`\`\`sh\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page) ?? []
  if (block === undefined) throw new Error(`docs/dotfiles.md has no recipe for ${heading}`)
  return block
}

/** Where the managers are; no client of the tester's is to be found. */
const managers = new Set<string>()

function isMissing(program: string): boolean {
  try {
    managers.add(dirname(execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()))
    return false
  } catch {
    console.warn(`${program} is not installed, so its recipe is not tried`)
    return true
  }
}

/** A home with the program in its PATH, and a way to run lines of a shell there. */
function makeComputer(): { home: string; sh: (text: string) => string; write: typeof write } {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  const bin = join(dirname(home), 'bin')
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text, { mode })
    chmodSync(join(home, path), mode)
  }
  mkdirSync(bin)
  const start = `#!/bin/sh\ncase $1 in apply) set -- "$@" --no-check ;; esac\nexec ${process.execPath} ${programPath} "$@"\n`
  writeFileSync(join(bin, 'qcode-setup'), start, { mode: 0o755 })
  const env = {
    HOME: home,
    PATH: [bin, '/usr/bin', '/bin', ...managers].join(':'),
    SHELL: '/bin/bash',
    QCODE_API_KEY: sampleKey,
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    ...noKeychain,
  }
  const sh = (text: string) =>
    execFileSync('sh', ['-ec', text], { cwd: home, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return { home, sh, write }
}

function expectSetUp(home: string): void {
  expect(readFileSync(join(home, '.codex/.env'), 'utf8')).toContain(sampleKey)
  expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toContain('https://eu.qcode.cc/api')
}

describe('a job of a CI', () => {
  const lines =
    /^A job of a CI[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(page)?.[1]?.replaceAll('npx --yes ', '') ?? ''

  it('passes where the repository and the computer are right, and names the line that is not', () => {
    const { sh, write } = makeComputer()
    write('qcode.toml', setupFile)
    sh('qcode-setup apply qcode.toml --yes')
    write('app/.env', 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api\n')
    write('app/qcode.toml', setupFile)
    expect(lines).toContain('lint --format github')
    sh(`cd app\n${lines.replaceAll('--no-check', '')}`)
    write('app/.env', 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/\n')
    expect(() => sh(`cd app\n${lines}`)).toThrow(/Command failed/)
  })
})

describe.skipIf(isMissing('stow'))('GNU Stow', () => {
  it('links the setup file, and apply writes nothing into the package', () => {
    const { home, sh, write } = makeComputer()
    write('dotfiles/qcode/.config/qcode.toml', setupFile)
    sh('cd dotfiles && git init -q && git add -A && git commit -qm one')
    sh(recipe('GNU Stow'))
    expectSetUp(home)
    expect(readlinkSync(join(home, '.config/qcode.toml'))).toContain('dotfiles/qcode')
    expect(sh('git -C dotfiles status --porcelain --untracked-files=all')).toBe('')
    expect(sh('qcode-setup apply ~/.config/qcode.toml --check --json')).toContain('"changed": false')
  })

  it('keeps the link of a tracked file without a key, and changes the file in the package', () => {
    const { home, sh, write } = makeComputer()
    write('dotfiles/codex/.codex/config.toml', '# mine\nmodel = "m"\n')
    sh('mkdir .codex && stow --no-folding --dir dotfiles --target . codex')
    sh('cd dotfiles && git init -q && git add -A && git commit -qm one')
    write('qcode.toml', setupFile)
    sh('qcode-setup apply qcode.toml --yes')
    expect(lstatSync(join(home, '.codex/config.toml')).isSymbolicLink()).toBe(true)
    const changed = readFileSync(join(home, 'dotfiles/codex/.codex/config.toml'), 'utf8')
    expect(changed).toContain('https://eu.qcode.cc/openai')
    expect(changed).not.toContain(sampleKey)
    expect(sh('git -C dotfiles status --porcelain --untracked-files=all')).toBe(
      ' M codex/.codex/config.toml\n',
    )
  })
})

describe.skipIf(isMissing('yadm'))('yadm', () => {
  it('sets up a new computer by its bootstrap, and tracks no key', () => {
    const first = makeComputer()
    first.write('.config/qcode.toml', setupFile)
    first.write('.config/yadm/bootstrap', recipe('yadm'), 0o755)
    first.sh('yadm init -q && yadm add .config/qcode.toml .config/yadm/bootstrap && yadm commit -qm one')
    const second = makeComputer()
    second.sh(`yadm clone --bootstrap ${first.home}/.local/share/yadm/repo.git`)
    expectSetUp(second.home)
    expect(second.sh('yadm status --porcelain')).toBe('')
    expect(second.sh('yadm ls-files').trim().split('\n')).toHaveLength(2)
    expect(second.sh('yadm grep -c cr_ || true')).toBe('')
  })
})

/** The lines that chezmoi makes a file of come first: without it they are a comment, or are made by hand here. */
describe('the recipe for chezmoi, without chezmoi, which is no proof of what that does', () => {
  it('is a script of a shell that applies the setup file', () => {
    const { home, sh, write } = makeComputer()
    write('.config/qcode.toml', setupFile)
    write('script', recipe('chezmoi'))
    sh('sh ./script')
    expectSetUp(home)
    expect(sh('sh ./script')).not.toMatch(/changed\b|created/)
  })

  it('has a template that is a setup file', () => {
    const { home, sh, write } = makeComputer()
    const [, , template = ''] =
      /### chezmoi\n[\s\S]*?```sh\n([\s\S]*?)```[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? []
    const made = template.replace(/\{\{ if [^}]* \}\}us\{\{ else \}\}eu\{\{ end \}\}/, 'eu')
    expect(made).not.toContain('{{')
    write('.config/qcode.toml', made)
    sh('qcode-setup apply ~/.config/qcode.toml --yes')
    expectSetUp(home)
  })
})

describe.skipIf(isMissing('chezmoi'))('chezmoi', () => {
  const source = '.local/share/chezmoi'

  it('says of itself what the program says of it, for each way in which a file can be managed', () => {
    const ways = [
      'dot_codex/config.toml',
      'dot_codex/config.toml.tmpl',
      'dot_codex/create_config.toml',
      'dot_codex/modify_config.toml',
    ]
    for (const way of ways) {
      const { sh, write } = makeComputer()
      write(`${source}/${way}`, way.includes('modify_') ? '#!/bin/sh\ncat\n' : 'model = "m"\n')
      sh('chezmoi apply --force')
      write('qcode.toml', setupFile)
      const told = sh('qcode-setup apply qcode.toml --yes 2>&1').includes('is managed by chezmoi')
      expect([way, told]).toEqual([way, sh('chezmoi diff') !== ''])
    }
  })

  it('applies the setup file where that changed, and only then', () => {
    const { home, sh, write } = makeComputer()
    write(`${source}/dot_config/qcode.toml`, setupFile)
    write(`${source}/run_onchange_after_qcode.sh.tmpl`, recipe('chezmoi'))
    sh('chezmoi apply')
    expectSetUp(home)
    const written = lstatSync(join(home, '.claude/settings.json'), { bigint: true }).mtimeNs
    sh('chezmoi apply')
    expect(lstatSync(join(home, '.claude/settings.json'), { bigint: true }).mtimeNs).toBe(written)
    write(`${source}/dot_config/qcode.toml`, setupFile.replace('"eu"', '"us"'))
    sh('chezmoi apply')
    expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toContain('https://us.qcode.cc/api')
  })

  it('takes a change of a tracked file away, unless it is added again', () => {
    const { home, sh, write } = makeComputer()
    write('.codex/config.toml', 'model = "m"\n')
    write('qcode.toml', setupFile)
    sh('chezmoi init && chezmoi add .codex/config.toml')
    sh('qcode-setup apply qcode.toml --yes')
    sh('chezmoi apply --force')
    expect(readFileSync(join(home, '.codex/config.toml'), 'utf8')).toBe('model = "m"\n')
    sh(
      'qcode-setup apply qcode.toml --yes --on-conflict overwrite && chezmoi re-add && chezmoi apply --force',
    )
    const kept = readFileSync(join(home, '.codex/config.toml'), 'utf8')
    expect(kept).toContain('https://eu.qcode.cc/openai')
    expect(kept).not.toContain(sampleKey)
  })
})
