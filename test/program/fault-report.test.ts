import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { deadPort } from '../support/faulty-gateway.ts'
import { makeHome, projectPath, runProgram, sampleKey } from '../support/run-program.ts'

const { version, homepage } = JSON.parse(readFileSync(join(projectPath, 'package.json'), 'utf8'))

function homeFor(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

it('given a fault of the program, when a command meets it, then a report says all that is needed and no value', async () => {
  const home = homeFor()
  const env = {
    CRASH: 'once 1',
    CRASH_KEY: `${sampleKey} in ${home}`,
    NODE_OPTIONS: `--require=${join(projectPath, 'test/canary/crash.cjs')}`,
  }
  const args = ['--tool', 'codex', '--gateway=https://user.example', '--key-file', 'secret.txt', '--yes']
  const { exit, stdout, stderr } = await runProgram(args, { home, env })
  expect([exit, stdout]).toEqual([1, ''])
  const [ask, program, command, error, ...rest] = stderr.split('\n')
  expect(ask).toBe(`This is a bug in qcode-setup. Please report it with these lines (${homepage}):`)
  expect(program).toMatch(`qcode-setup ${version}, Node.js ${process.version}, ${process.platform} `)
  expect(program).toMatch(new RegExp(` on ${process.arch}$`))
  expect(command).toBe('command: qcode-setup --tool … --gateway=… --key-file … --yes')
  expect(error).toBe('TypeError: cannot read cr_…4567 in ~ of undefined')
  // The names that the source has.
  expect(rest.join('\n')).toMatch(/^ {4}at loadCatalog|^ {4}at loadShippedCatalog/m)
  expect(stderr).toContain('QCODE_DEBUG=1')
  for (const hidden of [sampleKey, home, 'user.example', 'secret.txt']) expect(stderr).not.toContain(hidden)
})

it('given QCODE_DEBUG=1, when doctor runs, then standard error names what was read, decided and asked, and no key', async () => {
  const home = homeFor()
  mkdirSync(join(home, '.codex'))
  writeFileSync(
    join(home, '.codex/config.toml'),
    `model_provider = "x"\n[model_providers.x]\nbase_url = "https://api.qcode.cc/openai"\nenv_key = "MY_KEY"\n`,
  )
  writeFileSync(join(home, '.codex/.env'), `MY_KEY=${sampleKey}\n`)
  const env = { MY_KEY: sampleKey.replace('cr_8', 'cr_9') }
  const args = ['doctor', '--no-check', '--json']
  const quiet = await runProgram(args, { home, env })
  const loud = await runProgram(args, { home, env: { ...env, QCODE_DEBUG: '1' } })
  expect(quiet.stderr).not.toContain('debug: ')
  expect(loud.exit).toBe(quiet.exit)
  expect(JSON.parse(loud.stdout).tools).toEqual(JSON.parse(quiet.stdout).tools)
  const said = loud.stderr.split('\n').filter((line) => line.startsWith('debug: '))
  expect(said).toContain(`debug: read ~/.codex/.env: ${7 + sampleKey.length + 1} bytes`)
  expect(said.join('\n')).toMatch(/^debug: variant openai of codex/m)
  expect(said.join('\n')).toMatch(
    /: MY_KEY of ~\/\.codex\/\.env \(user\); overrides MY_KEY of the environment/,
  )
  for (const hidden of [sampleKey, env.MY_KEY, home]) expect(loud.stderr).not.toContain(hidden)
})

it('given QCODE_DEBUG=1, when check asks a gateway, then each request is named with its result and time, and no key', async () => {
  const home = homeFor()
  const origin = `http://127.0.0.1:${await deadPort()}`
  const { stderr } = await runProgram(['check', '--gateway', origin, '--timeout', '5'], {
    home,
    env: { QCODE_DEBUG: '1', QCODE_API_KEY: sampleKey },
  })
  const { host } = new URL(origin)
  expect(stderr.split('\n')).toContainEqual(
    expect.stringMatching(new RegExp(`^debug: POST ${host}/openai/v1/responses: ECONNREFUSED, [\\d.]+ ms$`)),
  )
  expect(stderr).not.toContain(sampleKey)
})
