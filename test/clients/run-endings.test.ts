import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stateBelowHome } from '../support/home-tree.ts'
import { keys, startTerminal } from '../support/terminal.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner, isInstalled } from './client-runners.ts'
import { makePlace, type Place } from './place.ts'
import { filesWith, machines, modelFlags, ownArguments } from './run-machines.ts'
import { setUp } from './set-up.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

/** Of each client that is run at all, the newest version. */
const clients = [...new Map(machines.map(({ id }) => [clientRunner(id).tool, clientRunner(id)])).values()]

/**
 * A client that ends now so and now so at Ctrl-C, also without this program: which of its own parts hears of it first decides.
 * OpenClaw ends its own second process a second later by SIGTERM, and one after that by SIGKILL, where that is not gone by then;
 * Python ends by the signal where a second Ctrl-C meets it on its way out: Aider's takes about a second (0 where the second one
 * comes 3 s after the first, 130 after 0.4 s, and either after 1 s).
 */
const uneven: Readonly<Record<string, readonly number[]>> = {
  [pinned('aichat')]: [1, 130],
  [pinned('aider')]: [0, 130],
  [pinned('llm')]: [1, 130],
  [pinned('openclaw')]: [130, 143, 137, 1],
}

/** A gateway that takes every request and never answers one; `asked` ends with the first of a model. */
async function startSilent(): Promise<{ origin: string; asked: Promise<void> }> {
  let tell = () => {}
  const asked = new Promise<void>((resolve) => {
    tell = resolve
  })
  const server = createServer((request, reply) => {
    if (request.method === 'POST') return tell()
    reply.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** Ctrl-C in front of a client that waits for its reply, as often as it wants to be told. */
async function interrupt(
  command: [string, ...string[]],
  asked: Promise<void>,
  { home, key }: Place,
  env: object,
) {
  const run = startTerminal({ home, command, env: { TERM: 'xterm-256color', QCODE_API_KEY: key, ...env } })
  await Promise.race([asked, run.exit.then((exit) => Promise.reject(new Error(`${exit}: ${run.screen()}`)))])
  const presses = setInterval(() => run.press(keys.ctrlC), 1000)
  run.press(keys.ctrlC)
  return run.exit.finally(() => clearInterval(presses))
}

/** Files with this text that other users may read. */
async function readableWith(text: string, home: string): Promise<string[]> {
  const files = (await filesWith(text, home)).split('\n').filter(Boolean)
  return files.filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
}

describe.each(clients)('$id', (runner) => {
  const here = test.skipIf(!isInstalled(runner))
  const ran = (origin: string, ...rest: readonly string[]): [string, ...string[]] => {
    const flags = ['--gateway', origin, ...modelFlags(runner)]
    return [process.execPath, program, 'run', runner.tool, ...flags, '--', ...rest]
  }
  const env = (home: string) => ({ ...cleanEnvironment(home, [runner.binFolder]), ...runner.env })

  here('its exit code is that of the run', async () => {
    const { home, key, standIn } = await makePlace()
    const options = { cwd: home, extendEnv: false, reject: false, stdin: 'ignore' } as const
    const [command, ...args] = ran(standIn.origin, '--no-such-flag')
    const run = await execa(command, args, { ...options, env: { ...env(home), QCODE_API_KEY: key } })
    const bare = runner.command === '/bin/bash' ? String(runner.args[2]) : runner.command
    const alone = await execa(bare, ['--no-such-flag'], { ...options, env: env(home) })
    expect(run.exitCode, run.stderr).toBe(alone.exitCode)
    expect(alone.exitCode).not.toBe(0)
  })

  here(
    'Ctrl-C ends it as it does without the run, others can read no key at any time, and nothing of the run is left',
    async () => {
      const [place, other] = [await makePlace(), await makePlace()]
      const [mine, theirs] = [await startSilent(), await startSilent()]
      await setUp([runner], other, [], ['--gateway', theirs.origin])
      const atWork = mine.asked.then(() => readableWith(place.key, place.home))
      const [exit, alone] = await Promise.all([
        interrupt(ran(mine.origin, ...ownArguments(runner)), mine.asked, place, env(place.home)),
        interrupt([runner.command, ...runner.args], theirs.asked, other, env(other.home)),
      ])
      expect(uneven[runner.id] ?? [alone]).toContain(exit)
      expect(await atWork).toEqual([])
      expect(existsSync(join(place.home, stateBelowHome))).toBe(false)
      expect(await filesWith(place.key, place.home)).toBe('')
    },
  )
})
