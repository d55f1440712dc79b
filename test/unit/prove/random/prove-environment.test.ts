import { delimiter, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientEnvironment, programPath } from '../../../../src/checks/prove-environment.ts'
import { randomCases } from '../../../support/random-cases.ts'

const folders = { home: '/t/home', work: '/t/work', temporary: '/t/tmp', named: {} }

describe('the environment of a client under proof', () => {
  it('holds nothing of the user that says where to ask, with which key, or how to behave', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[A-Z][A-Z_]{0,20}$/),
      fc.constantFrom(
        'QCODE_API_KEY',
        'ANTHROPIC_API_KEY',
        'ANTHROPIC_AUTH_TOKEN',
        'ANTHROPIC_BASE_URL',
        'OPENAI_API_KEY',
        'OPENAI_BASE_URL',
        'CLAUDE_CONFIG_DIR',
        'CODEX_HOME',
        'CLINE_DIR',
        'HOME',
        'XDG_CONFIG_HOME',
        'HTTPS_PROXY',
        'no_proxy',
        'NODE_OPTIONS',
        'AWS_SECRET_ACCESS_KEY',
      ),
    )
    fc.assert(
      fc.property(fc.dictionary(name, fc.constant('of the user')), (env) => {
        const own = clientEnvironment({ env: { ...env, PATH: '/bin' }, platform: 'linux' }, folders, {})
        const leaked = Object.keys(own).filter((each) => own[each] === 'of the user')
        expect(
          leaked.filter((each) => /KEY|TOKEN|SECRET|URL|PROXY|OPTIONS|HOME$|CONFIG|DIR$/i.test(each)),
        ).toEqual(
          leaked.filter((each) =>
            ['VOLTA_HOME', 'NVM_DIR', 'ASDF_DIR', 'ASDF_DATA_DIR', 'MISE_DATA_DIR'].includes(each),
          ),
        )
      }),
      randomCases(300),
    )
  })

  it('has its home and its folders inside the run alone', () => {
    const own = clientEnvironment({ env: { PATH: '/bin', HOME: '/home/me' }, platform: 'linux' }, folders, {})
    expect(own).toMatchObject({ HOME: '/t/home', TMPDIR: '/t/tmp', XDG_CONFIG_HOME: '/t/home/.config' })
    expect(JSON.stringify(own)).not.toContain('/home/me')
  })

  it('lets the client reach this machine alone, by both spellings of the proxy variables', () => {
    const own = clientEnvironment({ env: {}, platform: 'linux' }, folders, {})
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']) {
      expect(own[name]).toBe('http://127.0.0.1:9')
    }
    expect([own.NO_PROXY, own.no_proxy]).toEqual(['127.0.0.1,localhost', '127.0.0.1,localhost'])
  })

  it('gives what the manifest and the setup add, but not another PATH', () => {
    const own = clientEnvironment({ env: { PATH: '/bin' }, platform: 'linux' }, folders, {
      A: '1',
      PATH: '/evil',
    })
    expect([own.A, own.PATH]).toEqual(['1', '/bin'])
  })

  it('finds the programs of an active Python environment first', () => {
    expect(programPath({ env: { VIRTUAL_ENV: '/venv', PATH: '/bin' }, platform: 'linux' })).toBe(
      [join('/venv', 'bin'), '/bin'].join(delimiter),
    )
  })
})
