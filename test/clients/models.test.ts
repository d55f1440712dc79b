import { join } from 'node:path'
import { execa } from 'execa'
import { outputFile } from 'fs-extra/esm'
import { expect, test } from 'vitest'
import { callToolOnce, type ToolCall } from './call-a-tool.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace } from './place.ts'
import { setUp } from './set-up.ts'
import { takeTurn } from './take-turn.ts'

const main = 'claude-opus-4-5'
const small = 'claude-haiku-4-5'
const editor = 'claude-sonnet-4-5'

interface Row {
  readonly id: string
  /** By role; the main model has none. */
  readonly models: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** In place of the arguments of a turn. */
  readonly instead?: readonly string[]
  /** In a repository with a change. */
  readonly commits?: true
  /** What the main model wants done. */
  readonly call?: ToolCall
  /** Asked in the background, if the client lives to do it. */
  readonly perhaps?: string
  readonly asked: readonly string[]
}

/** For each client with roles: its models by flags, how it is brought to ask each of them, and whom it asks. */
const rows: readonly Row[] = [
  {
    id: pinned('opencode'),
    models: { '': main, ':small': small },
    asked: [main, small],
  },
  {
    id: pinned('codex'),
    models: { '': main, ':review': editor },
    commits: true,
    instead: ['exec', 'review', '--uncommitted'],
    asked: [editor],
  },
  {
    id: pinned('kilo'),
    models: { '': main, ':small': small, ':subagent': editor },
    call: { name: 'task', input: { description: 'look', prompt: 'Say one word', subagent_type: 'general' } },
    // It often ends before it has asked for a title.
    perhaps: small,
    asked: [main, editor],
  },
  {
    // It asks its main model once more, for its memory.
    id: pinned('qwen-code'),
    models: { '': main, ':explore': editor },
    args: ['--yolo'],
    call: { name: 'agent', input: { description: 'look', prompt: 'Say one word', subagent_type: 'Explore' } },
    asked: [main, editor],
  },
  {
    // No longer in its own list, so that it would ask for it by another protocol.
    id: pinned('openclaw'),
    models: { '': main },
    asked: [main],
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

/** So that the model of the settings counts. */
function withoutModel(args: readonly string[]): readonly string[] {
  const at = args.indexOf('--model')
  return at < 0 ? args : args.toSpliced(at, 2)
}

test.each(rows)(
  '$id asks $asked for what they are named for',
  async ({ id, models, args, instead, asked, perhaps, commits, call }) => {
    const place = await makePlace()
    const runner = clientRunner(id)
    const named = Object.entries(models).flatMap(([role, name]) => [
      '--model',
      `${runner.tool}${role}=${name}`,
    ])
    const origin = call ? await callToolOnce(place.standIn, call) : place.standIn.origin
    await setUp([runner], place, named, ['--gateway', origin])
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
    const own = withoutModel(commits ? runner.args.filter((each) => each !== '--no-git') : runner.args)
    await takeTurn({ ...runner, folder, args: instead ?? [...(args ?? []), ...own] }, place)
    const seen = place.standIn.requests.flatMap(({ model = [] }) => model)
    expect([...new Set(seen)].filter((model) => model !== perhaps).sort()).toEqual([...asked].sort())
  },
)
