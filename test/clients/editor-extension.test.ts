import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { ensureDir, outputFile } from 'fs-extra/esm'
import { expect, test } from 'vitest'
import { loadFormats } from '../../src/documents/formats.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, openGateway } from './place.ts'
import { prompt } from './runners/client-runner.ts'
import { setUp } from './set-up.ts'

const jsonc = (await loadFormats(['jsonc'])).get('jsonc')
const file = '.config/Code/User/settings.json'

/** As the extension 2.1.226 starts the program for a conversation, by the log of a wrapper in its place. */
const conversation = [
  ...['--output-format', 'stream-json', '--verbose', '--input-format', 'stream-json'],
  ...[
    '--permission-prompt-tool',
    'stdio',
    '--setting-sources=user,project,local',
    '--permission-mode',
    'default',
  ],
  ...['--enable-auth-status', '--no-chrome'],
]
const message = { type: 'user', message: { role: 'user', content: prompt }, parent_tool_use_id: null }

interface Settings {
  readonly 'claudeCode.disableLoginPrompt': boolean
  readonly 'claudeCode.environmentVariables'?: readonly { name: string; value: string }[]
}

test.each([
  ['claude-code-2.1.197', '.claude'],
  ['claude-code-2.1.330', '.claude'],
  ['claude-code-2.1.330', 'work'],
])(
  '%s as an editor starts it sends our key to us, whatever the list of the editor says (settings in %s)',
  async (id, folder) => {
    const place = await makePlace()
    const { home, standIn } = place
    const other = await openGateway(`cr_${'8'.repeat(64)}`)
    const list = [
      { name: 'ANTHROPIC_BASE_URL', value: `${other.origin}/api` },
      { name: 'ANTHROPIC_AUTH_TOKEN', value: `cr_${'8'.repeat(64)}` },
    ]
    await outputFile(
      join(home, file),
      `{\n  // mine\n  "claudeCode.environmentVariables": ${JSON.stringify(list)},\n}`,
    )
    await ensureDir(join(home, '.vscode/extensions/anthropic.claude-code-2.1.330'))
    const client = clientRunner(id)
    const env = folder === '.claude' ? {} : { CLAUDE_CONFIG_DIR: join(home, folder) }
    await setUp([{ ...client, env: { ...client.env, ...env } }], place, ['--vscode'])

    const settings = jsonc?.parseStrict(await readFile(join(home, file), 'utf8')) as unknown as Settings
    expect(settings['claudeCode.disableLoginPrompt']).toBe(true)
    const variables = settings['claudeCode.environmentVariables']?.map(({ name, value }) => [name, value])
    const started = {
      cwd: home,
      env: {
        ...cleanEnvironment(home, [client.binFolder]),
        ...client.env,
        CLAUDE_CODE_ENTRYPOINT: 'claude-vscode',
        ...Object.fromEntries(variables ?? []),
      },
      extendEnv: false,
      timeout: client.timeout,
    }
    const status = await execa(client.command, ['auth', 'status', '--json'], started)
    expect(JSON.parse(status.stdout)).toMatchObject({ loggedIn: true })
    const input = `${JSON.stringify(message)}\n`
    const { stdout } = await execa(client.command, conversation, { ...started, input })
    expect(stdout).toContain('pong')
    const posts = standIn.requests.filter(({ method }) => method === 'POST')
    expect(posts.map(({ path, status: code, auth }) => [path, code, auth])).toEqual([
      ['/api/v1/messages', 200, 'bearer'],
    ])
    expect(other.requests).toEqual([])
  },
)
