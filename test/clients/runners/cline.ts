import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import { type ClientRunner, prompt } from './client-runner.ts'

// `local` keeps its hub daemon away; without the second one 1.x and 2.x update themselves.
const env = { CLINE_SESSION_BACKEND_MODE: 'local', CLINE_NO_AUTO_UPDATE: '1', NO_AUTO_UPDATE: '1' }

function cline(version: string) {
  const id = `cline-${version}`
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
  } as const
}

/** Built on @anthropic-ai/sdk: it appends `/v1/messages`. */
const cline2: ClientRunner = {
  ...cline('2.18.0'),
  args: ['--yolo', prompt],
  base: '/api',
  wrong: [
    { rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' },
    { rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' },
  ],
}

/** Built on @ai-sdk/anthropic: it appends `/messages`. */
const cline3: ClientRunner = {
  ...cline('3.0.65'),
  args: [prompt],
  base: '/api/v1',
  wrong: [
    { rule: 'missing-v1', base: '{gateway}/api', path: '/api/messages' },
    { rule: 'missing-prefix', base: '{gateway}', path: '/messages' },
  ],
}

export const clineRunners = [cline2, cline3]
