import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeHome, noKeychain, projectPath } from '../../support/run-program.ts'

const feature = join(projectPath, 'features/qcode-setup')

describe('the Dev Container feature', () => {
  it('has an install.sh that reads the options that it declares', () => {
    const { id, options } = JSON.parse(readFileSync(join(feature, 'devcontainer-feature.json'), 'utf8'))
    expect(id).toBe('qcode-setup')
    const script = readFileSync(join(feature, 'install.sh'), 'utf8')
    for (const name of Object.keys(options)) expect(script).toContain(`\${${name.toUpperCase()}:-`)
  })

  it('installs the packed program, which then sets up a container without a key in any file', () => {
    const { home, drop } = makeHome()
    onTestFinished(drop)
    const root = dirname(home)
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', root], {
        cwd: projectPath,
        encoding: 'utf8',
      }),
    )
    const prefix = join(root, 'usr')
    const env = {
      HOME: home,
      PATH: [join(prefix, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      SHELL: '/bin/bash',
      npm_config_prefix: prefix,
      VERSION: `file:${join(root, packed.filename)}`,
      ...noKeychain,
    }
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, args, { cwd: home, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    const { version } = JSON.parse(readFileSync(join(projectPath, 'package.json'), 'utf8'))
    expect(run('sh', join(feature, 'install.sh'))).toContain(version)
    writeFileSync(join(home, 'qcode.json'), '{ "key_store": "env", "tools": ["claude-code"] }')
    run('qcode-setup', 'apply', 'qcode.json', '--yes', '--no-check')
    const settings = readFileSync(join(home, '.claude/settings.json'), 'utf8')
    expect(settings).toContain('https://api.qcode.cc/api')
    expect(settings).not.toContain('TOKEN')
    run('qcode-setup', 'apply', 'qcode.json', '--check', '--no-check')
  })

  it('says what is missing where there is no npm', () => {
    const { home, drop } = makeHome()
    onTestFinished(drop)
    mkdirSync(join(home, 'bin'))
    symlinkSync('/bin/sh', join(home, 'bin/sh'))
    const { status, stderr } = spawnSync('/bin/sh', [join(feature, 'install.sh')], {
      env: { PATH: join(home, 'bin') },
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toContain('needs Node.js 20')
  })
})
