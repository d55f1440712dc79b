import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { randomCases } from '../../support/random-cases.ts'
import { type KeyName, keys, Machine, tools, watchGateway } from '../tables/name-machine.ts'

const { numRuns } = randomCases(12)

type Gateways = Readonly<
  Record<'mine' | 'work' | 'play', { readonly origin: string; readonly sent: Set<string> }>
>

/** One command of a person who has three gateways, each with its own key, and gets names and keys mixed up. */
type Step = (at: Gateways) => readonly [line: string, key?: KeyName | undefined, env?: Record<string, string>]

const tool = fc.constantFrom(...tools)
const name = fc.constantFrom('work' as const, 'play' as const)
const flag = fc.constantFrom('', ' --name work', ' --name play', ' --name default')
const env = fc.constantFrom<Record<string, string>>({}, { QCODE_API_KEY: keys.mine })

/** Where a key is given, it is that of the gateway: what is never to happen is that the program mixes them. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(tool, env).map(
    ([id]): Step =>
      ({ mine }) => [`setup --tool ${id} --gateway ${mine.origin}`, 'mine'],
  ),
  fc.tuple(tool, name).map(
    ([id, to]): Step =>
      (at) => [`setup --tool ${id} --name ${to} --gateway ${at[to].origin}`],
  ),
  fc.tuple(name, tool).map(
    ([to, id]): Step =>
      () => [`switch ${to} ${id}`],
  ),
  name.map(
    (to): Step =>
      () => [`switch ${to}`],
  ),
  fc.tuple(flag, env).map(
    ([which, more]): Step =>
      ({ mine }) => [
        `switch --gateway ${mine.origin}${which === '' ? '' : ' --name default'}`,
        undefined,
        more,
      ],
  ),
  fc.tuple(name, fc.boolean()).map(
    ([to, isKept]): Step =>
      (at) => [`key set --name ${to} --gateway ${at[to].origin}${isKept ? ' --key-store keychain' : ''}`, to],
  ),
  fc.tuple(fc.constantFrom('check', 'models', 'status --limits', 'doctor', 'check --tools'), flag, env).map(
    ([line, which, more]): Step =>
      () => [line + which, undefined, more],
  ),
  fc.tuple(tool, flag, env).map(
    ([id, which, more]): Step =>
      () => [`run ${id} --print --model m${which} -- /bin/true`, undefined, more],
  ),
  fc
    .constantFrom(
      'undo',
      'undo --name work',
      'undo --name play',
      'undo --name default',
      'remove --name play',
      'remove --name default',
      'key forget --name work',
    )
    .map(
      (line): Step =>
        () => [line],
    ),
  tool.map(
    (id): Step =>
      () => [`remove --tool ${id}`],
  ),
)

it(
  'over any sequence of commands, the base URL of a name stands and is asked with its own key alone',
  async () => {
    const [mine, work, play] = await Promise.all([keys.mine, keys.work, keys.play].map(watchGateway))
    const at = { mine, work, play } as unknown as Gateways
    const owners = Object.keys(at) as (keyof Gateways)[]
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const machine = new Machine({ checks: true })
        // Where nothing is set up, a region would be asked.
        Object.assign(machine.host.env, { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' })
        const typed: string[] = []
        try {
          for (const to of ['work', 'play'] as const)
            await machine.do(`key set --name ${to} --gateway ${at[to].origin}`, to)
          for (const make of steps) {
            const [line, key, more] = make(at)
            const { exit, text } = await machine.try(line, key, more)
            typed.push(`${line} → ${exit}`)
            for (const owner of owners) {
              const foreign = [...at[owner].sent].filter((each) => each !== keys[owner])
              expect(foreign, `${owner}\n${typed.join('\n')}`).toEqual([])
            }
            if (line.startsWith('run') && exit === 0) expectOne(text, at, typed)
            for (const id of tools) expectTogether(machine, id, at, typed)
          }
        } finally {
          machine.drop()
        }
      }),
      { numRuns },
    )
    await Promise.all([mine, work, play].map((gateway) => gateway?.close()))
  },
  60_000 + numRuns * 20_000,
)

/** A tool that has a gateway in its files has that one's key beside it, and no other key. */
function expectTogether(machine: Machine, id: string, at: Gateways, typed: readonly string[]): void {
  const paths = {
    'claude-code': ['.claude/settings.json'],
    codex: ['.codex/config.toml', '.codex/.env'],
    aider: ['.config/qcode-setup/aider.env'],
    'openai-sdk': ['.config/qcode-setup/env.sh'],
  }[id]
  const text = (paths ?? []).map((path) => readIfThere(join(machine.host.home, path))).join('\n')
  const owners = (Object.keys(at) as (keyof Gateways)[]).filter((owner) => text.includes(at[owner].origin))
  const held = (Object.keys(keys) as KeyName[]).filter((owner) => text.includes(keys[owner]))
  expect(owners.length, `${id}\n${typed.join('\n')}`).toBeLessThanOrEqual(1)
  if (held.length > 0) expect(held, `${id}\n${typed.join('\n')}`).toEqual(owners)
}

/** What is shown of a start has one gateway, and the end of that one's key. */
function expectOne(text: string, at: Gateways, typed: readonly string[]): void {
  const owners = (Object.keys(at) as (keyof Gateways)[]).filter((owner) => text.includes(at[owner].origin))
  const shown = (Object.keys(keys) as KeyName[]).filter((owner) => text.includes(`…${keys[owner].slice(-4)}`))
  if (owners.length > 0 && shown.length > 0) expect(shown, typed.join('\n')).toEqual(owners)
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
