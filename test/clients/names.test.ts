import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { StandIn } from '../../src/gateway/stand-in.ts'
import { readTree, usersPart } from '../support/home-tree.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, openGateway, type Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')
const mine = `cr_${'9'.repeat(64)}`

/** One run of the built program in a place; a third key is in the environment, as that of a person who has several. */
async function command(
  runner: ClientRunner,
  { home, key }: Place,
  line: string,
  rest: readonly string[] = [],
): Promise<string> {
  const words = line.split(' ')
  const { stdout } = await execa(process.execPath, [program, ...words, ...rest], {
    cwd: home,
    env: {
      ...cleanEnvironment(home, [runner.binFolder]),
      ...runner.env,
      QCODE_API_KEY: mine,
    },
    extendEnv: false,
    input: key,
    timeout: 240_000,
  })
  return stdout
}

/** What the gateway saw since, each answer once. */
function answers({ requests }: StandIn, since: number): (readonly [path: string, status: number])[] {
  const posts = requests.slice(since).filter(({ method }) => method === 'POST')
  return [...new Map(posts.map(({ path, status }) => [path, [path, status] as const])).values()]
}

test.each(['claude-code-2.1.330', 'codex-0.169.0'])(
  '%s: two names side by side, each request goes to its own gateway with its own key',
  async (id) => {
    const one = await makePlace()
    const key = `cr_${'7'.repeat(64)}`
    const two: Place = { ...one, key, standIn: await openGateway(key) }
    const runner = clientRunner(id)
    for (const [name, place] of [
      ['one', one],
      ['two', two],
    ] as const) {
      await command(
        runner,
        place,
        `key set --name ${name} --gateway ${place.standIn.origin} --key-file - --yes`,
      )
    }
    const before = usersPart(readTree(one.home))
    const good = runner.paths.map((path) => [path, 200])
    // One after the other, then both at a time: no request is anywhere else, and none is refused.
    for (const places of [
      [['one', one]],
      [['two', two]],
      [
        ['one', one],
        ['two', two],
      ],
    ] as const) {
      const since = [one.standIn.requests.length, two.standIn.requests.length] as const
      const shown = await Promise.all(
        places.map(([name, place]) =>
          command(runner, place, `run ${runner.tool} --name ${name} --`, runner.args),
        ),
      )
      for (const text of shown) expect(text).toContain('pong')
      const isMeant = (name: string) => places.some(([each]) => each === name)
      expect(answers(one.standIn, since[0])).toEqual(isMeant('one') ? good : [])
      expect(answers(two.standIn, since[1])).toEqual(isMeant('two') ? good : [])
    }
    const after = usersPart(readTree(one.home))
    expect(Object.keys(before).map((path) => after[path])).toEqual(Object.values(before))
    // Put into effect, and the other way round: the client by itself goes there.
    await command(runner, one, `--tool ${runner.tool} --name one --yes --no-check`)
    expect(await takeTurn(runner, one)).toMatchObject(goodTurn(runner))
    await command(runner, two, 'switch two --yes --no-check')
    expect(await takeTurn(runner, two)).toMatchObject(goodTurn(runner))
    await command(runner, one, 'switch one --yes --no-check')
    expect(await takeTurn(runner, one)).toMatchObject(goodTurn(runner))
  },
)
