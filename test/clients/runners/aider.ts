import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import type { ClientPackage } from '../client-packages.ts'
import { type ClientRunner, prompt } from './client-runner.ts'

// Without --no-show-release-notes it opens a browser.
const quiet = ['--no-git', '--no-pretty', '--no-show-model-warnings', '--no-show-release-notes']

export function aiderRunner({ id }: ClientPackage): ClientRunner {
  const binFolder = join(clientFolder(id), 'bin')
  return {
    id,
    tool: 'aider',
    binFolder,
    command: join(binFolder, 'aider'),
    args: [...quiet, '--no-detect-urls', '--yes-always', '--message', prompt],
    env: {
      AIDER_CHECK_UPDATE: 'false',
      AIDER_ANALYTICS_DISABLE: 'true',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
    timeout: 90_000,
    base: '/api',
    paths: ['/api/v1/messages'],
    auth: 'x-api-key',
    wrong: [
      { rule: 'trailing-slash', base: '{gateway}/api/', path: '/api//v1/messages' },
      { rule: 'doubled-v1', base: '{gateway}/api/v1', path: '/api/v1/v1/messages' },
      { rule: 'missing-prefix', base: '{gateway}', path: '/v1/messages' },
    ],
  }
}
