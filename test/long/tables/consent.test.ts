import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findConsent } from '../../../src/apply/ledger-store.ts'
import type { Host } from '../../../src/host/host.ts'
import { en } from '../../../src/texts/en.ts'
import { say } from '../../../src/texts/message.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'

const china = 'http://103.236.53.153'
const then = '2026-01-02T03:04:05.678Z'
const agreedOn = (date: string) => String(say('http.agreed', { date }))
const now = '2027-05-06T07:08:09.012Z'

/** Without questions and without the network. */
function complete(line: string): string {
  return /^(setup|switch)/.test(line) ? `${line} --yes --no-check` : `${line} --yes`
}

/** A home in which something happened on the day of `then`. */
class Machine {
  readonly host: Host
  private clock = then

  constructor() {
    const home = mkdtempSync(join(tmpdir(), 'qcode-consent-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    this.host = createTestHost(home, { now: () => new Date(this.clock) })
  }

  async run(line: string): Promise<string> {
    const { exit, text } = await runInProcess(complete(line), this.host)
    expect(exit, `${line}: ${text}`).toBe(0)
    return text
  }

  later(): void {
    this.clock = now
  }

  path(...names: string[]): string {
    return join(this.host.home, '.local/state/qcode-setup', ...names)
  }

  /** Takes what was agreed to out of the ledger and all journals, as version 0.1.0 had them. */
  forget(): void {
    const runs = readdirSync(this.path('runs')).map((id) => this.path('runs', id, 'journal.json'))
    for (const file of [this.path('ledger.json'), ...runs]) {
      writeFileSync(file, readFileSync(file, 'utf8').replace(/,\s*"agreedAt": "[^"]+"/g, ''))
    }
  }

  writeList(text = JSON.stringify({ version: 1, plainHttp: [{ origin: china, agreedAt: then }] })): void {
    writeFileSync(this.path('consents.json'), text, { mode: 0o600 })
  }

  consent(): string | undefined {
    return findConsent(this.host, china)?.agreedAt
  }
}

const toChina = 'setup --tool codex --region china --key-file -'
const toEu = 'setup --tool codex --region eu --key-file -'

/** What is said of `china`: all of it, one line with the day, nothing; or the command is refused for a list that is damaged. */
type Said = 'all' | 'day' | 'nothing' | 'refused'

interface State {
  readonly make: (machine: Machine) => Promise<unknown>
  /** Of `setup` of another tool with `china`, and of `switch china`. */
  readonly setup: Said
  readonly switch: Said
  /** Whether `status` marks a tool. */
  readonly status: boolean
  /** `never`: that it is not agreed to; `broken`: that the list is damaged. */
  readonly doctor: 'day' | 'never' | 'broken' | 'nothing'
  /** Whether `undo` leaves a consent, and what it says of that. */
  readonly undo: 'ends' | 'stays' | 'returns' | 'nothing'
}

const states: Readonly<Record<string, State>> = {
  fresh: {
    make: async () => {},
    ...{ setup: 'all', switch: 'nothing', status: false, doctor: 'nothing', undo: 'nothing' },
  },
  'set up': {
    make: (machine) => machine.run(toChina),
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
  'set up with a region that has TLS': {
    make: (machine) => machine.run(toEu),
    ...{ setup: 'all', switch: 'all', status: false, doctor: 'nothing', undo: 'nothing' },
  },
  'set up, and set up again with nothing to change': {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run(toChina)
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
  'set up, and its file changed by hand': {
    make: async (machine) => {
      await machine.run(toChina)
      appendFileSync(join(machine.host.home, '.codex/config.toml'), '# mine\n')
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'stays' },
  },
  undone: {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('undo')
    },
    ...{ setup: 'all', switch: 'nothing', status: false, doctor: 'nothing', undo: 'nothing' },
  },
  'undone, and that undone': {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('undo')
      const undo = readdirSync(machine.path('runs')).map((id) => machine.path('runs', id, 'journal.json'))
      const journals = undo.map((file) => JSON.parse(readFileSync(file, 'utf8')))
      const { id } = journals.find(({ undoes }) => undoes !== undefined)
      await machine.run(`undo ${id}`)
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
  removed: {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('remove')
    },
    ...{ setup: 'all', switch: 'nothing', status: false, doctor: 'nothing', undo: 'returns' },
  },
  'set up for two tools, of which the one that it was given for was removed': {
    make: async (machine) => {
      await machine.run(toChina)
      machine.later()
      await machine.run('setup --tool aider --region china --key-file -')
      await machine.run('remove --tool codex')
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'stays' },
  },
  'switched away': {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('switch eu')
    },
    ...{ setup: 'all', switch: 'all', status: false, doctor: 'nothing', undo: 'returns' },
  },
  'switched away and back': {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('switch eu')
      await machine.run('switch china')
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
  'switched away, and that undone': {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('switch eu')
      await machine.run('undo')
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
  'set up, and its key replaced': {
    make: async (machine) => {
      await machine.run(toChina)
      const readStdin = async () => Buffer.from(`cr_${'fedcba9876543210'.repeat(4)}`)
      const other = { ...machine.host, readStdin }
      const { exit } = await runInProcess('key rotate --key-file - --yes --no-check', other)
      expect(exit).toBe(0)
    },
    // The key of `setup` is the old one again, which is of no matter here.
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'stays' },
  },
  'set up without a consent': {
    make: async (machine) => {
      await machine.run(toChina)
      machine.forget()
    },
    ...{ setup: 'all', switch: 'all', status: true, doctor: 'never', undo: 'nothing' },
  },
  'set up without a consent, which was given with a second tool': {
    make: async (machine) => {
      await machine.run(toChina)
      machine.forget()
      await machine.run('setup --tool aider --region china --key-file -')
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'stays' },
  },
  'set up by version 0.1.0': {
    make: async (machine) => {
      await machine.run(toChina)
      machine.forget()
      machine.writeList()
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
  'set up and removed by version 0.1.0': {
    make: async (machine) => {
      await machine.run(toChina)
      await machine.run('remove')
      machine.forget()
      machine.writeList()
    },
    ...{ setup: 'all', switch: 'nothing', status: false, doctor: 'nothing', undo: 'returns' },
  },
  'set up by version 0.1.0, whose list is damaged': {
    make: async (machine) => {
      await machine.run(toChina)
      machine.forget()
      machine.writeList('{"version":1')
    },
    ...{ setup: 'refused', switch: 'refused', status: true, doctor: 'broken', undo: 'nothing' },
  },
  'set up with TLS beside a damaged list': {
    make: async (machine) => {
      await machine.run(toEu)
      machine.writeList('{"version":1')
    },
    ...{ setup: 'refused', switch: 'refused', status: false, doctor: 'nothing', undo: 'nothing' },
  },
  'set up beside a damaged list that says nothing which the ledger does not': {
    make: async (machine) => {
      await machine.run(toChina)
      machine.writeList('{"version":1')
    },
    ...{ setup: 'day', switch: 'day', status: true, doctor: 'day', undo: 'ends' },
  },
}

/** A state, with the machine in it and the day of what comes next. */
async function inState({ make }: State): Promise<Machine> {
  const machine = new Machine()
  await make(machine)
  machine.later()
  return machine
}

async function saidBy(line: string, machine: Machine): Promise<Said> {
  const { text } = await runInProcess(complete(line), machine.host)
  if (text.includes('consents.json.broken')) return 'refused'
  if (text.includes(en['http.point-2'])) return 'all'
  return text.includes(`${say('http.title', { origin: china })} ${agreedOn(then.slice(0, 10))}`)
    ? 'day'
    : 'nothing'
}

const rows = Object.entries(states).map(([state, expected]) => ({ state, expected }))

test.each(rows)('given china is $state, setup with it says what it has to', async ({ expected }) => {
  const machine = await inState(expected)
  const list =
    existsSync(machine.path('consents.json')) && readFileSync(machine.path('consents.json'), 'utf8')
  const line = 'setup --tool claude-code --region china --key-file -'
  // What is only shown is no consent.
  expect(await saidBy(`${line} --dry-run`, machine)).toBe(expected.setup)
  expect(await saidBy(line, machine)).toBe(expected.setup)
  if (expected.setup !== 'refused') expect(machine.consent()).toBe(expected.setup === 'all' ? now : then)
  const isDamaged = list === '{"version":1'
  expect(existsSync(machine.path('consents.json'))).toBe(isDamaged)
  if (isDamaged) expect(readFileSync(machine.path('consents.json'), 'utf8')).toBe(list)
})

test.each(rows)('given china is $state, switch to it says what it has to', async ({ expected }) => {
  const machine = await inState(expected)
  expect(await saidBy('switch china', machine)).toBe(expected.switch)
})

test.each(rows)('given china is $state, status and doctor tell that', async ({ expected }) => {
  const machine = await inState(expected)
  const status = await runInProcess('status', machine.host)
  expect(status.exit, status.text).toBe(0)
  expect(status.text.includes('"unencrypted":true')).toBe(expected.status)
  const { text } = await runInProcess('doctor --no-check', machine.host)
  const found = {
    day: text.includes(agreedOn(then.slice(0, 10))),
    never: text.includes(en['http.never']),
    broken: text.includes('consents.json.broken'),
  }
  expect(found).toEqual({
    day: expected.doctor === 'day',
    never: expected.doctor === 'never',
    broken: expected.doctor === 'broken',
  })
})

test.each(rows)('given china is $state, undo ends the consent, or brings it back', async ({ expected }) => {
  const machine = await inState(expected)
  const before = expected.doctor === 'day'
  const { text } = await runInProcess('undo --yes', machine.host)
  const isDamaged = existsSync(machine.path('consents.json'))
  if (isDamaged) rmSync(machine.path('consents.json'))
  const agreed = { ends: undefined, stays: then, returns: then, nothing: undefined }[expected.undo]
  expect(machine.consent()).toBe(agreed)
  expect(before).toBe(expected.undo === 'ends' || expected.undo === 'stays')
  if (expected.undo === 'ends') expect(text).toContain('consent-ended')
  if (expected.undo === 'returns')
    expect(text).toContain(`${say('http.title', { origin: china })} ${en['http.short']}`)
})
