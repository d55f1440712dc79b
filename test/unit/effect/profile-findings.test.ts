import { describe, expect, it } from 'vitest'
import type { Message } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { examine, makeSituation } from '../doctor/doctor-home.ts'

const key = `cr_${'a'.repeat(64)}`
const block = (env: string, line: string) =>
  `\n# >>> qcode-setup >>>\n# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove\n${line.replaceAll('ENV', `HOME/.config/qcode-setup/${env}`)}\n# <<< qcode-setup <<<\n`
const posix = block('env.sh', "if [ -r 'ENV' ]; then . 'ENV'; fi")
const fish = block('env.fish', "if test -r 'ENV'; source 'ENV'; end")
const powershell = block('env.ps1', "if (Test-Path -LiteralPath 'ENV') { . 'ENV' }")
const envFiles = {
  '.config/qcode-setup/env.sh': `export OPENAI_BASE_URL='https://api.qcode.cc/openai/v1'\nexport OPENAI_API_KEY='${key}'\n`,
  '.config/qcode-setup/env.fish': `set -gx OPENAI_BASE_URL 'https://api.qcode.cc/openai/v1'\nset -gx OPENAI_API_KEY '${key}'\n`,
  '.config/qcode-setup/env.ps1': `$env:OPENAI_BASE_URL = 'https://api.qcode.cc/openai/v1'\n$env:OPENAI_API_KEY = '${key}'\n`,
}
const shells = {
  bash: { file: '.bashrc', block: posix },
  zsh: { file: '.zshenv', block: posix },
  fish: { file: '.config/fish/config.fish', block: fish },
  pwsh: { file: '.config/powershell/profile.ps1', block: powershell },
}

interface Row {
  readonly shell: keyof typeof shells
  readonly front: string
  readonly finding: readonly [id: string, level: string, line: number] | undefined
}

const rows: readonly Row[] = [
  { shell: 'bash', front: '# mine\n', finding: undefined },
  { shell: 'bash', front: 'case $- in *i*) ;; *) return ;; esac\n', finding: undefined },
  { shell: 'bash', front: '# a\nreturn\n', finding: ['block-not-reached', 'error', 2] },
  { shell: 'bash', front: 'exec fish\n', finding: ['block-not-reached', 'error', 1] },
  { shell: 'bash', front: '[ -t 1 ] && exec fish\n', finding: ['block-not-reached', 'warning', 1] },
  { shell: 'bash', front: "A='open\n", finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'bash', front: 'A="open\n', finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'bash', front: 'if true; then\n', finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'bash', front: 'cat <<EOF\nhello\n', finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'bash', front: 'true\nfi\n', finding: ['profile-does-not-parse', 'error', 2] },
  { shell: 'zsh', front: '', finding: undefined },
  { shell: 'zsh', front: 'return 0\n', finding: ['block-not-reached', 'error', 1] },
  { shell: 'zsh', front: "alias x='y\n", finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'fish', front: '', finding: undefined },
  { shell: 'fish', front: 'status is-interactive; or return\n', finding: undefined },
  { shell: 'fish', front: 'return\n', finding: ['block-not-reached', 'error', 1] },
  { shell: 'fish', front: 'if true\n', finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'fish', front: 'A=b\n', finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'pwsh', front: '', finding: undefined },
  { shell: 'pwsh', front: 'function f { return 1 }\n', finding: undefined },
  { shell: 'pwsh', front: 'return\n', finding: ['block-not-reached', 'error', 1] },
  { shell: 'pwsh', front: 'if ($true) {\n', finding: ['profile-does-not-parse', 'error', 1] },
  { shell: 'pwsh', front: "$a = @'\nopen\n", finding: ['profile-does-not-parse', 'error', 1] },
]

describe('a block of ours', () => {
  it.each(rows)('$shell, behind $front: $finding', async ({ shell, front, finding }) => {
    const { file, block: own } = shells[shell]
    const host = makeSituation({
      files: { [file]: front + own, ...envFiles },
      env: { SHELL: `/bin/${shell}` },
    })
    const { findings } = await examine(host)
    const found = findings.filter(({ id }) => id === 'block-not-reached' || id === 'profile-does-not-parse')
    expect(found.map(({ id, level, where }) => [id, level, where?.line])).toEqual(finding ? [finding] : [])
    for (const { hint, message } of found) {
      expect(String(hint)).toContain(`line ${finding?.[2]} of `)
      expect((message as Message).in(zhCN)).toMatch(/。$/)
    }
  })

  it('given another line behind it that wins, doctor names that file and line', async () => {
    const host = makeSituation({
      files: {
        ...envFiles,
        '.zshenv': posix,
        '.zshrc': '# mine\nexport OPENAI_BASE_URL=http://127.0.0.1:8787/v1\n',
        'project/requirements.txt': 'openai\n',
      },
      env: { SHELL: '/bin/zsh' },
    })
    const { tools } = await examine(host)
    const [openai] = tools.filter(({ tool }) => tool === 'openai-sdk')
    expect(openai?.baseUrl).toMatchObject({
      value: 'http://127.0.0.1:8787/v1',
      source: { level: 'profile', file: `${host.home}/.zshrc`, line: 2 },
    })
  })
})
