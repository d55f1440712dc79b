import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import type { ClientPackage } from '../client-packages.ts'
import { type ClientRunner, prompt } from './client-runner.ts'

// `local` keeps its hub daemon away; without the second one 1.x and 2.x update themselves.
const env = { CLINE_SESSION_BACKEND_MODE: 'local', CLINE_NO_AUTO_UPDATE: '1', NO_AUTO_UPDATE: '1' }

/** Built on @anthropic-ai/sdk: it appends `/v1/messages`. */
const cline2 = {
  args: ['--yolo', prompt],
  base: '/api',
  wrong: [
    { rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' },
    { rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' },
  ],
} as const

/** Built on @ai-sdk/anthropic: it appends `/messages`. */
const cline3 = {
  args: [prompt],
  base: '/api/v1',
  wrong: [
    { rule: 'missing-v1', base: '{gateway}/api', path: '/api/messages' },
    { rule: 'missing-prefix', base: '{gateway}', path: '/messages' },
  ],
} as const

export function clineRunner({ id }: ClientPackage): ClientRunner {
  const binFolder = join(clientFolder(id), 'node_modules/.bin')
  return {
    id,
    tool: 'cline',
    binFolder,
    command: join(binFolder, 'cline'),
    env,
    timeout: 90_000,
    paths: ['/api/v1/messages'],
    auth: 'x-api-key',
    ...(id.startsWith('cline-2.') ? cline2 : cline3),
  }
}
