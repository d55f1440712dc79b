import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isInstalled, runnersOf } from '../client-runners.ts'
import { foundNewest, isNewer, linesToRaise, type NewestClient, raisedNames } from '../newest-clients.ts'
import { makePlace } from '../place.ts'
import { goodRow, wrongRow } from '../proof-rows.ts'
import type { ClientRunner } from '../runners/client-runner.ts'
import { command, setUp } from '../set-up.ts'
import { takeTurn } from '../take-turn.ts'
import { writtenLines } from '../written-lines.ts'
import { takeWrongTurn } from '../wrong-turn.ts'

/** All turns that a client is known by; no version, port or home is in it, so that those of two versions can be compared. */
async function turnsOf(runner: ClientRunner) {
  const place = await makePlace()
  const first = await setUp([runner], place)
  await command(['undo', '--yes'], runner, place)
  const undone = await writtenLines(first, place)
  const report = await setUp([runner], place)
  const { client: _, ...asked } = goodRow(
    runner,
    '{gateway}',
    await writtenLines(report, place),
    await takeTurn(runner, place),
  )
  const drifted = (await setUp([runner], place)).changed
  await command(['remove', '--yes'], runner, place)
  const removed = await writtenLines(report, place)
  const wrong = []
  for (const base of runner.wrong) {
    const elsewhere = await makePlace()
    await setUp([runner], elsewhere)
    const { client: _, ...row } = wrongRow(runner, base, (await takeWrongTurn(runner, base, elsewhere)).turn)
    wrong.push(row)
  }
  return { ...asked, undone, drifted, removed, wrong, proven: await provenRows(runner) }
}

type Turns = Awaited<ReturnType<typeof turnsOf>>

/** What `prove` shows of this version, which is what settles it for a user. */
async function provenRows(runner: ClientRunner): Promise<string[]> {
  const output = await command(['prove', '--tool', runner.tool, '--json'], runner, await makePlace())
  const rows: readonly {
    verdict: string
    replySeen: boolean
    requests: { method: string; path: string }[]
  }[] = JSON.parse(output).rows
  return rows.map(({ verdict, replySeen, requests }) => {
    const posts = requests.filter(({ method }) => method === 'POST').map(({ path }) => path)
    return [verdict, replySeen ? 'reply' : 'no reply', ...new Set(posts)].join(' ')
  })
}

const found = foundNewest()
const pairs = found.filter(isNewer).flatMap(({ pin, newest }) => {
  const ofPin = runnersOf(pin)
  return runnersOf(newest).map((runner, at) => ({ id: runner.id, runner, pin: ofPin[at] ?? runner }))
})

/** What a newer version came to, by its runner's id. */
const outcomes = new Map<string, string>()

test.for(pairs)('$id asks as its pin $pin.id does', async ({ id, runner, pin }) => {
  outcomes.set(id, 'not installed')
  expect(isInstalled(runner)).toBe(true)
  outcomes.set(id, 'the pin itself failed')
  const before = await turnsOf(pin)
  expect(before).toMatchObject({
    requests: pin.paths.map((path) => `POST ${path}`),
    key: pin.auth,
    reply: 'shown',
  })
  outcomes.set(id, 'failed: it could not be set up, run or taken out')
  // The same wrong base URLs, also where this version is known to do something else with one.
  const after = await turnsOf({ ...runner, wrong: pin.wrong })
  outcomes.set(id, differences(before, after))
  expect(after).toEqual(before)
})

/** In what two versions differ, in short; what it is exactly is in the report of the test. */
function differences(pin: Turns, newest: Turns): string {
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const parts = (Object.keys(newest) as (keyof Turns)[]).filter(
    (part) => part !== 'wrong' && !isSame(pin[part], newest[part]),
  )
  const bases = newest.wrong.filter((row, at) => !isSame(pin.wrong[at], row)).map(({ base }) => base)
  const all = [...parts, ...bases]
  return all.length === 0 ? 'the same requests' : `DIFFERENT: ${all.join(', ')}`
}

// A registry that says nothing is no version that looks the same.
test.for(found)('$name has a newest version', ({ unanswered }) => {
  expect(unanswered).toBeUndefined()
})

afterAll(() => {
  const text = readFileSync(join(import.meta.dirname, '../client-packages.ts'), 'utf8')
  const lines = found.map((client) => `${client.name}: ${ending(client)}`)
  const raised = found.filter(isNewer).flatMap((client) => linesToRaise(client, text))
  const toRaise = raised.length > 0 ? ['', 'Pins to raise in test/clients/client-packages.ts', ...raised] : []
  console.log(['Newest beside pinned', ...lines, ...toRaise].join('\n'))
})

function ending(client: NewestClient): string {
  const { newest, notes, unanswered } = client
  if (unanswered !== undefined) return `the registry did not answer: ${unanswered}`
  const seen = isNewer(client)
    ? runnersOf(newest).map(({ id }) => `${id}: ${outcomes.get(id) ?? 'was not run'}`)
    : ['which is the pin']
  return [versionsOf(client), ...seen, ...notes].join('; ')
}

function versionsOf({ pin, newest }: NewestClient): string {
  return raisedNames(pin)
    .map((name) => `${name} ${newest.packages[name]}`)
    .join(', ')
}
