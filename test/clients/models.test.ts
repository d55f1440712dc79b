import { join } from 'node:path'
import { execa } from 'execa'
import { outputFile } from 'fs-extra/esm'
import { expect, test } from 'vitest'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace } from './place.ts'
import { setUp } from './set-up.ts'
import { takeTurn } from './take-turn.ts'

const main = 'claude-opus-4-5'
const small = 'claude-haiku-4-5'
const editor = 'claude-sonnet-4-5'

/** For each client with roles: its models by flags, how it is brought to ask each of them, and whom it asks. */
const rows = [
  {
    id: pinned('opencode'),
    models: { '': main, ':small': small },
    asked: [main, small],
  },
  {
    id: pinned('aider'),
    models: { '': main, ':weak': small, ':editor': editor },
    args: ['--architect', '--auto-accept-architect'],
    asked: [main, editor],
  },
  {
    // It asks the weak model for the message of a commit.
    id: pinned('aider'),
    models: { '': main, ':weak': small },
    commits: true,
    args: ['--commit'],
    asked: [small],
  },
]

test.each(rows)(
  '$id asks $asked for what they are named for',
  async ({ id, models, args, asked, commits }) => {
    const place = await makePlace()
    const runner = clientRunner(id)
    const named = Object.entries(models).flatMap(([role, name]) => [
      '--model',
      `${runner.tool}${role}=${name}`,
    ])
    await setUp([runner], place, named)
    const folder = join(place.home, 'project')
    await outputFile(join(folder, 'a.txt'), 'a\n')
    if (commits) {
      const git = (...rest: string[]) =>
        execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...rest], {
          cwd: folder,
          env: cleanEnvironment(place.home, []),
          extendEnv: false,
        })
      await git('init', '-q')
      await git('add', '.')
      await git('commit', '-qm', 'a')
      await outputFile(join(folder, 'a.txt'), 'b\n')
    }
    const own = commits ? runner.args.filter((each) => each !== '--no-git') : runner.args
    await takeTurn({ ...runner, folder, args: [...(args ?? []), ...own] }, place)
    const seen = place.standIn.requests.flatMap(({ model = [] }) => model)
    expect([...new Set(seen)].sort()).toEqual([...asked].sort())
  },
)
