import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import type { ClientPackage } from '../client-packages.ts'
import { type ClientRunner, prompt } from './client-runner.ts'

/** One attempt, and no traffic but the turn itself (2.1.197, 2.1.330). */
export const quietClaude = { CLAUDE_CODE_MAX_RETRIES: '0', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }

export function claudeCodeRunner({ id }: ClientPackage): ClientRunner {
  const binFolder = join(clientFolder(id), 'node_modules/.bin')
  return {
    id,
    tool: 'claude-code',
    binFolder,
    command: join(binFolder, 'claude'),
    args: ['-p', prompt],
    env: quietClaude,
    timeout: 60_000,
    base: '/api',
    paths: ['/api/v1/messages'],
    auth: 'bearer',
    wrong: [
      { rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' },
      { rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' },
      { rule: 'wrong-prefix', base: '{gateway}/openai', path: '/openai/v1/messages' },
      { rule: 'full-endpoint', base: '{gateway}/api/v1/messages', path: '/api/v1/messages/v1/messages' },
      { rule: 'trailing-slash', base: '{gateway}/api//', path: '/api//v1/messages' },
      { rule: 'query-or-fragment', base: '{gateway}/api?x=1', path: '/api' },
      { rule: 'scheme', base: '{authority}/api' },
    ],
  }
}
