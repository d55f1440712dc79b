import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import type { ClientPackage } from '../client-packages.ts'
import { type ClientRunner, prompt } from './client-runner.ts'

const wrong = [
  { rule: 'missing-prefix', base: '{gateway}', path: '/responses' },
  { rule: 'wrong-prefix', base: '{gateway}/api', path: '/api/responses' },
] as const

export function codexRunner({ id }: ClientPackage): ClientRunner {
  const binFolder = join(clientFolder(id), 'node_modules/.bin')
  return {
    id,
    tool: 'codex',
    binFolder,
    command: join(binFolder, 'codex'),
    args: ['exec', '--skip-git-repo-check', prompt],
    env: {},
    // Without a name server it waits some 5 s; after a 404 it tries five times more.
    timeout: 90_000,
    base: '/openai',
    paths: ['/openai/responses'],
    auth: 'bearer',
    wrong,
  }
}
