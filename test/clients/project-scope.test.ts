import { join } from 'node:path'
import { ensureDir, ensureSymlink } from 'fs-extra/esm'
import { expect, test } from 'vitest'
import { clientFolder } from './client-folder.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace } from './place.ts'
import { setUp } from './set-up.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

test.each(['claude-code-2.1.197', 'claude-code-2.1.330', pinned('aider')])('%s in a project', async (id) => {
  const place = await makePlace()
  const folder = join(place.home, 'project')
  await ensureDir(folder)
  const runner = { ...clientRunner(id), folder }
  await setUp([runner], place, ['--scope', 'project'])
  expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
})

test.each(['openai-js-6.49.0', pinned('anthropic-js')])("%s with a project's .env", async (id) => {
  const place = await makePlace()
  const folder = join(place.home, 'project')
  await ensureSymlink(join(clientFolder(id), 'node_modules'), join(folder, 'node_modules'))
  const installed = clientRunner(id)
  const program = installed.args.slice(2)
  const runner = { ...installed, folder, args: ['-c', 'set -a; . ./.env; exec "$0" "$@"', ...program] }
  await setUp([runner], place, ['--scope', 'project'])
  expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
})
