import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keys, type Machine, newMachine, tools } from './name-machine.ts'

const relay = 'https://relay.example.com'
const us = 'https://us.qcode.cc'
const eu = 'https://eu.qcode.cc'

/** Everything is set up without a name, and two names are remembered. */
async function twoNames(): Promise<Machine> {
  const machine = newMachine()
  await machine.do(`setup --tool ${tools.join(',')} --region us`, 'mine')
  await machine.do(`key set --name work --gateway ${relay}`, 'work')
  await machine.do('key set --name play --region eu', 'play')
  return machine
}

describe('a name', () => {
  it('is remembered in a file of mode 0600, and touches no tool', async () => {
    const machine = newMachine()
    await machine.do(`key set --name work --gateway ${relay}`, 'work')
    const path = join(machine.host.home, '.config/qcode-setup/names/work.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ gateway: relay, key: keys.work })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await machine.do('status')).toMatchObject({
      tools: [],
      names: [{ name: 'work', gateway: relay, region: 'custom', key: 'cr_…2222', places: [] }],
    })
    await machine.do('undo')
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(machine.host.home)).toEqual(['.local'])
  })

  it('gives its key to a program, and no other one', async () => {
    const machine = await twoNames()
    for (const name of ['work', 'play'] as const) {
      const { exit, text } = await machine.try(`key get --name ${name}`)
      expect([exit, JSON.parse(text).report]).toEqual([0, keys[name]])
    }
    expect(await machine.try('key get')).toMatchObject({ exit: 1 })
  })

  it.each([
    ['with a blank in it', 'a.b', /can't be used/],
    ['with a slash', '../x', /can't be used/],
    ['that is too long', 'n'.repeat(33), /can't be used/],
    ['that is a device of Windows', 'nul', /can't be used/],
    ['that is a region', 'eu', /region, a tool or an option/],
    ['that is another word for a region', 'cn', /region, a tool or an option/],
    ['that is a tool', 'codex', /region, a tool or an option/],
    ['that stands for all tools', 'detected', /region, a tool or an option/],
  ])('%s is refused, and nothing is written', async (_, name, why) => {
    const machine = newMachine()
    for (const line of [`key set --name ${name} --region us`, `setup --tool codex --name ${name}`]) {
      const { exit, text } = await machine.try(line, 'work')
      expect([exit, text]).toEqual([2, expect.stringMatching(why)])
    }
    expect(readdirSync(machine.host.home)).toEqual([])
  })

  it('is one name in whichever case it is typed', async () => {
    const machine = newMachine()
    await machine.do('key set --name Work --region us', 'work')
    expect(await machine.do('key set --name WORK --region us', 'work')).toMatchObject({ changed: false })
  })

  it.each([
    'switch us --name wrok',
    'switch --name wrok',
    'run codex --name wrok --print',
    'status --name wrok',
    'doctor --name wrok',
    'print codex --name wrok',
    'check --name wrok',
    'remove --name wrok',
    'key get --name wrok',
    'key rotate --name wrok',
    'key forget --name wrok',
  ])('that is not known is refused with the nearest one, by %s', async (line) => {
    const machine = await twoNames()
    const before = machine.users()
    const key = line.startsWith('key rotate') ? 'next' : undefined
    const { exit, text } = await machine.try(line, key)
    expect([exit, text]).toEqual([2, expect.stringContaining('Did you mean work?')])
    expect(machine.users()).toEqual(before)
  })

  it.each([
    ['another region', 'setup --tool codex --name work --region eu', 'work', `already used for ${relay}`],
    ['another key', 'setup --tool codex --name work', 'play', 'already has another key'],
    ['another region', 'key set --name play --region us', 'play', `already used for ${eu}`],
    ['another key', 'key set --name play', 'work', 'already has another key'],
    [
      'a key that is in no file',
      'setup --tool codex --name work --key-store env',
      undefined,
      'keeps its key',
    ],
    ['the whole computer', 'setup --tool codex --name play --scope managed', undefined, 'whole computer'],
    ['a region', 'run codex --name work --region eu --print', undefined, "--region can't be used"],
    ['a key', 'print codex --name work --with-key', 'mine', "--key-file can't be used"],
    ['a key', 'run claude-code --name play --print', 'mine', "--key-file can't be used"],
  ] as const)('does not go with %s: %s', async (_, line, key, why) => {
    const machine = await twoNames()
    const before = machine.users()
    const { exit, text } = await machine.try(line, key)
    expect([exit, text]).toEqual([2, expect.stringContaining(why)])
    expect(machine.users()).toEqual(before)
  })
})

describe('switch to a name', () => {
  it('moves base URL and key of every tool together, back and forth, and undo takes it back', async () => {
    const machine = await twoNames()
    const before = machine.users()
    machine.expectAt(tools, us, 'mine')
    await machine.do('switch work')
    machine.expectAt(tools, relay, 'work')
    expect(new Set(Object.values(await machine.namesOf()))).toEqual(new Set(['work']))
    const atWork = machine.users()
    await machine.do('switch --name play')
    machine.expectAt(tools, eu, 'play')
    await machine.do('switch work')
    expect(machine.users()).toEqual(atWork)
    expect(await machine.do('switch work')).toMatchObject({ changed: false })
    for (let count = 0; count < 3; count++) await machine.do('undo')
    expect(machine.users()).toEqual(before)
  })

  it.each(tools)('moves %s alone, and what shares its key', async (tool) => {
    const machine = await twoNames()
    await machine.do(`switch work ${tool}`)
    machine.expectAt([tool], relay, 'work')
    machine.expectAt(
      tools.filter((other) => other !== tool),
      us,
      'mine',
    )
    expect(await machine.namesOf()).toMatchObject({ [tool]: 'work' })
  })

  it('takes along the tools that read the same variable of the same file', async () => {
    const machine = newMachine()
    await machine.do('setup --tool openai-sdk,litellm --region us --method env', 'mine')
    await machine.do(`setup --tool openai-sdk --name work --gateway ${relay}`, 'work')
    const names = await machine.namesOf()
    expect(names).toEqual({ 'openai-sdk': 'work', litellm: 'work' })
    expect(machine.read('.config/qcode-setup/env.sh')).not.toContain(keys.mine)
    expect((await machine.do('status')).tools).toMatchObject([{ asWritten: true }, { asWritten: true }])
  })

  it('passes over a tool whose key is in a variable of the user, and says so', async () => {
    const machine = newMachine()
    await machine.do('setup --tool codex --region us --key-store env')
    await machine.do('setup --tool claude-code --region us', 'mine')
    await machine.do(`key set --name work --gateway ${relay}`, 'work')
    const { exit, text } = await machine.try('switch work')
    expect([exit, text]).toEqual([3, expect.stringContaining('Codex CLI: not switched')])
    expect(machine.read('.codex/config.toml')).toContain(us)
    machine.expectAt(['claude-code'], relay, 'work')
  })
})

describe('switch to a region', () => {
  it('without a name leaves what has one, and says so', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    const { exit, text } = await machine.try('switch asia')
    expect([exit, text]).toEqual([0, expect.stringContaining('Not switched, because')])
    machine.expectAt(['codex'], relay, 'work')
    machine.expectAt(['claude-code', 'aider', 'openai-sdk'], 'https://asia.qcode.cc', 'mine')
  })

  it('with a name moves the name and what goes by it', async () => {
    const machine = await twoNames()
    await machine.do('switch play codex')
    await machine.do('switch asia --name play')
    machine.expectAt(['codex'], 'https://asia.qcode.cc', 'play')
    machine.expectAt(['claude-code', 'aider', 'openai-sdk'], us, 'mine')
    await machine.do('switch play claude-code')
    machine.expectAt(['claude-code'], 'https://asia.qcode.cc', 'play')
    await machine.do('undo')
    await machine.do('undo')
    expect((await machine.do('status --name play')).names).toMatchObject([{ gateway: eu }])
    machine.expectAt(['codex'], eu, 'play')
  })
})

describe('two places', () => {
  it('each have their name: another folder of a client, and a project', async () => {
    const machine = newMachine()
    const folder = join(machine.host.home, 'account two')
    const env = { CLAUDE_CONFIG_DIR: folder }
    await machine.do('setup --tool claude-code --name play --region eu', 'play')
    await machine.do(`setup --tool claude-code --name work --gateway ${relay}`, 'work', env)
    machine.expectAt(['claude-code'], eu, 'play')
    expect(machine.read('account two/settings.json')).toContain(keys.work)
    const { names } = await machine.do('status')
    expect(names).toMatchObject([
      { name: 'play', places: [{ tool: 'claude-code' }] },
      { name: 'work', places: [{ tool: 'claude-code', place: folder }] },
    ])
    // What is started finds its own place.
    const print = async (more = {}) =>
      JSON.stringify(await machine.do('run claude-code --print', undefined, more))
    expect(await print()).toContain(eu)
    expect(await print(env)).toContain(relay)
    await machine.do('key rotate --name work', 'next')
    expect(machine.read('account two/settings.json')).toContain(keys.next)
    machine.expectAt(['claude-code'], eu, 'play')
    await machine.do('remove --name work')
    expect(existsSync(folder)).toBe(false)
    machine.expectAt(['claude-code'], eu, 'play')
  })
})

describe('run', () => {
  it.each(tools)('starts %s with the gateway and the key of the name, whatever is set up', async (tool) => {
    const machine = await twoNames()
    const before = machine.users()
    const rest = tool === 'openai-sdk' ? ' -- /bin/true' : ''
    for (const [name, origin, end] of [
      ['work', relay, '2222'],
      ['play', eu, '3333'],
    ]) {
      const model = tool === 'aider' ? ' --model m' : ''
      const shown = JSON.stringify(
        await machine.do(`run ${tool} --name ${name} --print${model}${rest}`, undefined, {
          QCODE_API_KEY: keys.mine,
        }),
      )
      expect(shown).toContain(origin)
      expect(shown).toContain(`…${end}`)
      expect(shown).not.toContain('…1111')
    }
    expect(machine.users()).toEqual(before)
  })

  it('takes no other key to the gateway of the name that a tool is set up with', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    const { exit, text } = await machine.try('run codex --print', 'mine')
    expect([exit, text]).toEqual([2, expect.stringContaining('choose another gateway with --region')])
    expect(JSON.stringify(await machine.do('run codex --region us --print', 'mine'))).toContain('…1111')
  })

  it('without a name goes by the one that the tool is set up with, and QCODE_API_KEY is not sent there', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    const shown = JSON.stringify(
      await machine.do('run codex --print', undefined, { QCODE_API_KEY: keys.mine }),
    )
    expect(shown).toContain(relay)
    expect(shown).not.toContain('…1111')
    expect(JSON.stringify(await machine.do('run claude-code --print'))).toContain('…1111')
  })
})

describe('key rotate', () => {
  it('with a name replaces its key where it is remembered and where it is in use, and no other', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex,aider')
    expect(await machine.do('key rotate --name work', 'next')).toMatchObject({
      tools: ['aider', 'codex'],
      places: 3,
    })
    machine.expectAt(['codex', 'aider'], relay, 'next')
    machine.expectAt(['claude-code', 'openai-sdk'], us, 'mine')
    expect(machine.read('.config/qcode-setup/names/work.json')).toContain(keys.next)
    expect(machine.read('.config/qcode-setup/names/play.json')).toContain(keys.play)
    await machine.do('undo')
    machine.expectAt(['codex', 'aider'], relay, 'work')
  })

  it('without one replaces the key that has no name, and nothing of the names', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    await machine.do('key rotate', 'next')
    machine.expectAt(['codex'], relay, 'work')
    machine.expectAt(['claude-code', 'aider', 'openai-sdk'], us, 'next')
    expect(machine.read('.config/qcode-setup/names/work.json')).toContain(keys.work)
    expect(machine.read('.config/qcode-setup/names/play.json')).toContain(keys.play)
  })

  it('of a tool that has a name replaces the key of all that go by it', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex,aider')
    await machine.do('key rotate codex', 'next')
    machine.expectAt(['codex', 'aider'], relay, 'next')
    expect(machine.read('.config/qcode-setup/names/work.json')).toContain(keys.next)
    const { exit, text } = await machine.try('key rotate codex,claude-code', 'mine')
    expect([exit, text]).toEqual([2, expect.stringContaining('--name with one of')])
  })

  it('of a name that nothing uses replaces the key that is remembered', async () => {
    const machine = await twoNames()
    await machine.do('key rotate --name play', 'next')
    expect(machine.read('.config/qcode-setup/names/play.json')).toContain(keys.next)
    machine.expectAt(tools, us, 'mine')
  })

  it('where all has a name and none is said, says whose key stays', async () => {
    const machine = newMachine()
    await machine.do('setup --tool codex --name work --region us', 'work')
    const before = machine.users()
    const { exit, text } = await machine.try('key rotate', 'next')
    expect([exit, text]).toEqual([3, expect.stringContaining('qcode-setup key rotate --name work')])
    expect(machine.users()).toEqual(before)
  })
})

describe('remove and forget', () => {
  it('remove with a name takes out what goes by it and the name; remove takes out all', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    expect(await machine.try('key forget --name work')).toMatchObject({
      exit: 3,
      text: expect.stringContaining('in use'),
    })
    await machine.do('remove --name work')
    expect(existsSync(join(machine.host.home, '.codex'))).toBe(false)
    machine.expectAt(['claude-code', 'aider', 'openai-sdk'], us, 'mine')
    expect((await machine.do('status')).names).toMatchObject([{ name: 'play' }])
    await machine.do('undo')
    machine.expectAt(['codex'], relay, 'work')
    expect((await machine.do('status')).names).toHaveLength(2)
    await machine.do('remove')
    expect(readdirSync(machine.host.home)).toEqual(['.local'])
    expect(await machine.do('status')).toMatchObject({ tools: [], names: [] })
  })

  it('remove without names leaves them where it is about some tools alone', async () => {
    const machine = await twoNames()
    await machine.do('remove --tool codex')
    expect((await machine.do('status')).names).toHaveLength(2)
    await machine.do('remove --name default')
    expect(await machine.do('status')).toMatchObject({
      tools: [],
      names: [{ name: 'play' }, { name: 'work' }],
    })
  })

  it('forget takes the name alone, and can be undone', async () => {
    const machine = await twoNames()
    const before = machine.users()
    await machine.do('key forget --name play')
    expect((await machine.do('status')).names).toMatchObject([{ name: 'work' }])
    expect(existsSync(join(machine.host.home, '.config/qcode-setup/names/play.json'))).toBe(false)
    await machine.do('undo')
    expect(machine.users()).toEqual(before)
  })
})

describe('undo with a name', () => {
  it('takes back the last change that was about it, and leaves what was done to others since', async () => {
    const machine = await twoNames()
    await machine.do('switch play codex')
    await machine.do('switch work aider')
    await machine.do('switch asia')
    await machine.do('undo --name play')
    machine.expectAt(['codex'], us, 'mine')
    machine.expectAt(['aider'], relay, 'work')
    machine.expectAt(['claude-code', 'openai-sdk'], 'https://asia.qcode.cc', 'mine')
  })

  it('brings back what was forgotten, though no such name is known', async () => {
    const machine = await twoNames()
    const before = machine.users()
    await machine.do('key forget --name play')
    await machine.do('key rotate --name work', 'next')
    await machine.do('undo --name play')
    expect((await machine.do('status')).names).toHaveLength(2)
    await machine.do('undo --name work')
    expect(machine.users()).toEqual(before)
  })

  it('takes back a key in the keychain alone', async () => {
    const machine = newMachine()
    const keychain = await machine.host.keychain()
    await machine.do('key set --name work --region us --key-store keychain', 'work')
    await machine.do('key rotate --name work', 'next')
    await machine.do('key set --name play --region eu', 'play')
    const { runs } = await machine.do('undo --list --name work')
    expect(runs).toHaveLength(2)
    await machine.do('undo --name work')
    expect(await keychain.get('name-work')).toBe(keys.work)
    expect((await machine.do('status')).names).toHaveLength(2)
  })
})

describe('a key in the keychain', () => {
  it('is kept in an account of its name, and each tool asks for its own', async () => {
    const machine = newMachine()
    const keychain = await machine.host.keychain()
    await machine.do('setup --tool claude-code --region us --key-store keychain', 'mine')
    await machine.do(`setup --tool codex --name work --gateway ${relay} --key-store keychain`, 'work')
    expect([await keychain.get('default'), await keychain.get('name-work')]).toEqual([keys.mine, keys.work])
    expect(machine.read('.codex/config.toml')).toContain('--name')
    expect(machine.read('.claude/settings.json')).not.toContain('--name')
    await machine.do('switch work')
    expect(machine.read('.claude/settings.json')).toContain('key get --name work')
    expect(machine.read('.claude/settings.json')).toContain(relay)
    await machine.do('key rotate --name work', 'next')
    expect([await keychain.get('default'), await keychain.get('name-work')]).toEqual([keys.mine, keys.next])
    expect(JSON.parse((await machine.try('key get --name work')).text).report).toBe(keys.next)
    await machine.do('key forget')
    expect([await keychain.get('default'), await keychain.get('name-work')]).toEqual([undefined, keys.next])
    await machine.do('remove --name work')
    expect(await keychain.get('name-work')).toBeUndefined()
  })

  it.each(['key forget --name work', 'remove --name work'])(
    'goes with its name by %s, also where the file of the name is gone',
    async (line) => {
      const machine = newMachine()
      const keychain = await machine.host.keychain()
      await machine.do('key set --name work --region us --key-store keychain', 'work')
      rmSync(join(machine.host.home, '.config/qcode-setup/names/work.json'))
      expect((await machine.do('status')).names).toMatchObject([{ name: 'work', keyStore: 'keychain' }])
      await machine.do(line)
      expect(await keychain.get('name-work')).toBeUndefined()
      expect((await machine.do('status')).names).toEqual([])
    },
  )
})

describe('a setup file', () => {
  it('says names; what is exported and applied again changes nothing', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    await machine.do('switch play aider')
    for (const format of ['toml', 'json', 'yaml']) {
      const { text } = await machine.do(`export --format ${format}`)
      const file = join(machine.host.home, `qcode.${format}`)
      writeFileSync(file, String(text))
      const before = machine.users()
      expect(await machine.do(`apply ${file} --check`)).toMatchObject({ changed: false })
      expect(await machine.do(`apply ${file}`)).toMatchObject({ changed: false, run: null })
      expect(machine.users()).toEqual(before)
      expect((await machine.do(`export --format ${format}`)).text).toBe(text)
      rmSync(file)
    }
  })

  it('brings another machine with the same names to the same', async () => {
    const machine = await twoNames()
    const file = join(machine.host.home, 'qcode.toml')
    const one = (id: string, name: string) => `[[tools]]\nid = "${id}"\nname = "${name}"\n`
    writeFileSync(file, one('codex', 'work') + one('claude-code', 'play'))
    await machine.do(`apply ${file}`)
    machine.expectAt(['codex'], relay, 'work')
    machine.expectAt(['claude-code'], eu, 'play')
    machine.expectAt(['aider', 'openai-sdk'], us, 'mine')
    // What says a region has no name any more, and needs a key of its own.
    writeFileSync(file, '[[tools]]\nid = "codex"\nregion = "us"\n')
    expect(await machine.try(`apply ${file}`)).toMatchObject({ exit: 2 })
    await machine.do(`apply ${file}`, 'mine')
    machine.expectAt(['codex'], us, 'mine')
  })

  it('defines names: what it says is saved, and used, on a computer without them', async () => {
    const machine = newMachine()
    const file = join(machine.host.home, 'qcode.toml')
    const lines = `[names.work]\ngateway = "${relay}"\nkey = "env:WORK"\n[names.play]\nregion = "eu"\nkey = "env:PLAY"\n`
    writeFileSync(
      file,
      `${lines}[[tools]]\nid = "codex"\nname = "work"\n[[tools]]\nid = "aider"\nname = "play"\n`,
    )
    const env = { WORK: keys.work, PLAY: keys.play }
    // The key goes to a stranger only by the user's word.
    expect(await machine.try(`apply ${file}`, undefined, env)).toMatchObject({ exit: 2 })
    expect(await machine.try(`apply ${file} --check`, undefined, env)).toMatchObject({ exit: 3 })
    expect(readdirSync(machine.host.home)).toEqual(['qcode.toml'])
    await machine.do(`apply ${file} --allow-gateway`, undefined, env)
    machine.expectAt(['codex'], relay, 'work')
    machine.expectAt(['aider'], eu, 'play')
    expect((await machine.do('status')).names).toMatchObject([
      { name: 'play' },
      { name: 'work', gateway: relay },
    ])
    expect(await machine.do(`apply ${file} --check`, undefined, env)).toMatchObject({ changed: false })
    // The file is the truth: the name moves with all that uses it, also what no file lists.
    await machine.do('setup --tool claude-code --name work')
    writeFileSync(
      file,
      `[names.work]\nregion = "asia"\nkey = "env:WORK"\n[[tools]]\nid = "codex"\nname = "work"\n`,
    )
    const before = machine.users()
    await machine.do(`apply ${file}`, undefined, { WORK: keys.next })
    machine.expectAt(['codex', 'claude-code'], 'https://asia.qcode.cc', 'next')
    machine.expectAt(['aider'], eu, 'play')
    expect((await machine.try('status')).text).not.toContain('name-differs')
    await machine.do('undo')
    expect(machine.users()).toEqual(before)
    for (let count = 0; count < 2; count++) await machine.do('undo')
    expect(readdirSync(machine.host.home).sort()).toEqual(['.local', 'qcode.toml'])
  })

  it('that is pruned leaves the names, and says which one nothing uses and how it goes', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    const file = join(machine.host.home, 'qcode.toml')
    const apply = (tools: string) => {
      writeFileSync(file, `${tools}\n`)
      return machine.try(`apply ${file} --prune`)
    }
    // Codex goes by work, and was set up by hand.
    const first = await apply('tools = []')
    expect(first.text).toContain('qcode-setup key forget --name play')
    expect(first.text).not.toContain('forget --name work')
    const second = await apply('[[tools]]\nid = "codex"\nname = "play"')
    expect(second.text).not.toContain('forget --name play')
    const third = await apply('tools = []')
    expect(third.text).toContain('qcode-setup key forget --name play')
    await machine.do('key forget --name play')
    expect((await machine.do('status')).names).toMatchObject([{ name: 'work' }])
  })

  it('that is exported defines the names; the keys are said to be left out', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    const { text } = await machine.do('export --name work')
    const other = newMachine()
    const file = join(other.host.home, 'qcode.toml')
    writeFileSync(file, String(text))
    const missing = await other.try(`apply ${file} --allow-gateway`)
    expect([missing.exit, missing.text]).toEqual([2, expect.stringContaining('key set --name work')])
    await other.do('key set --name work --gateway https://relay.example.com', 'work')
    await other.do(`apply ${file}`)
    other.expectAt(['codex'], relay, 'work')
    expect((await other.do('export --name work')).text).toBe(text)
  })

  it('keeps the key of a name in the keychain, one in one change, and reads it there', async () => {
    const machine = newMachine()
    const keychain = await machine.host.keychain()
    const file = join(machine.host.home, 'qcode.yaml')
    const name = (id: string) => `  ${id}:\n    region: us\n    key: env:KEY\n    key_store: keychain\n`
    const tool = 'tools:\n  - id: codex\n    name: work\n'
    writeFileSync(file, `names:\n${name('work')}${name('play')}${tool}`)
    const two = await machine.try(`apply ${file}`, undefined, { KEY: keys.work })
    expect([two.exit, two.text]).toEqual([2, expect.stringContaining('--key-store keychain')])
    writeFileSync(file, `names:\n${name('work')}${tool}`)
    await machine.do(`apply ${file}`, undefined, { KEY: keys.work })
    expect(await keychain.get('name-work')).toBe(keys.work)
    machine.expectAt(['codex'], us, 'work')
    const { text } = await machine.do('export --format yaml')
    expect(text).toContain('key_store: keychain')
    await machine.do('remove --name work')
    await keychain.set('name-work', keys.next)
    writeFileSync(file, String(text))
    await machine.do(`apply ${file}`)
    machine.expectAt(['codex'], us, 'next')
  })

  it.each([
    ['a name in capitals', '[names.Work]\nregion = "us"', "can't be used"],
    ['a name that is a region', '[names.eu]\nregion = "us"\nkey = "env:WORK"', 'name of a region'],
    ['the word for no name', '[names.default]\nregion = "us"\nkey = "env:WORK"', 'name of a region'],
    ['a region and a gateway', `[names.x]\nregion = "us"\ngateway = "${relay}"`, "can't be used together"],
    ['a region that is none', '[names.x]\nregion = "mars"', 'mars'],
    ['a setting that is none', '[names.x]\nmethod = "file"', 'Valid: region, gateway, key, key_store'],
    ['a key that is no reference', '[names.x]\nkey = "hello"', 'command:['],
    ['a key that is not there', '[names.x]\nregion = "us"\nkey = "env:ABSENT"', 'ABSENT'],
    ['no key', '[names.x]\nregion = "us"', 'needs a key'],
    ['another store', '[names.work]\nkey_store = "keychain"', 'already kept elsewhere'],
    ['a key inside', `[names.x]\nkey = "${keys.next}"`, 'contains a key'],
  ])('with %s is refused at its place, and nothing is written', async (_, lines, why) => {
    const machine = await twoNames()
    const file = join(machine.host.home, 'qcode.toml')
    writeFileSync(file, `tools = []\n${lines}\n`)
    const before = machine.users()
    const { exit, text } = await machine.try(`apply ${file}`, undefined, { WORK: keys.work })
    expect([exit, text]).toEqual([2, expect.stringContaining(why)])
    expect(machine.users()).toEqual(before)
  })

  it.each([
    ['a name that is not known here', 'name = "wrok"', 'Did you mean work?'],
    ['a name beside a region', 'name = "work"\nregion = "us"', 'name already sets the gateway'],
    ['a name beside a gateway', `gateway = "${relay}"\nname = "work"`, 'name already sets the gateway'],
    ['a name that is no text', 'name = 3', 'text'],
  ])('with %s is refused at its place', async (_, lines, why) => {
    const machine = await twoNames()
    const file = join(machine.host.home, 'qcode.toml')
    for (const text of [`[[tools]]\nid = "codex"\n${lines}\n`, `${lines}\ntools = ["codex"]\n`]) {
      writeFileSync(file, text)
      const before = machine.users()
      const { exit, text: said } = await machine.try(`apply ${file}`)
      expect([exit, said]).toEqual([2, expect.stringContaining(why)])
      expect(machine.users()).toEqual(before)
    }
  })
})

it('switch without a word says which regions and names there are', async () => {
  const machine = await twoNames()
  const { exit, text } = await machine.try('switch')
  expect([exit, text]).toEqual([2, expect.stringMatching(/switch global\|us\|.*\|play\|work /)])
})

it.each(['us', 'codex', 'detected', 'con', 'TWO+WORDS'])(
  '%s, which can be no name, is not in the command that saves one',
  async (word) => {
    const machine = await twoNames()
    for (const line of ['status', 'undo', 'remove', 'export', 'doctor', 'check', 'switch']) {
      const { exit, text } = await machine.try(`${line} --name ${word}`)
      expect([exit, text]).toEqual([2, expect.stringContaining('key set --name work --region global')])
    }
  },
)

describe('a file of a name that was changed by hand', () => {
  it.each([
    ['is gone', (path: string) => rmSync(path)],
    ['is no JSON', (path: string) => writeFileSync(path, '{')],
    ['has no key', (path: string) => writeFileSync(path, `{"gateway":"${relay}"}`)],
    ['has no gateway', (path: string) => writeFileSync(path, `{"key":"${keys.work}"}`)],
    [
      'has a gateway that is none',
      (path: string) => writeFileSync(path, `{"gateway":"x y","key":"${keys.work}"}`),
    ],
  ])('and %s is named by every command that needs it, and stops no other', async (_, spoil) => {
    const machine = await twoNames()
    spoil(join(machine.host.home, '.config/qcode-setup/names/work.json'))
    for (const line of ['switch work', 'run codex --name work --print', 'key get --name work']) {
      expect(await machine.try(line)).toMatchObject({ exit: 1, text: expect.stringContaining('work.json') })
    }
    expect((await machine.do('status')).names).toMatchObject([{ name: 'play' }, { name: 'work', key: null }])
    expect(await machine.try('export')).toMatchObject({ exit: 0, text: expect.stringContaining('work.json') })
    await machine.do('switch play')
    machine.expectAt(tools, eu, 'play')
  })

  it('with another key is told by status and doctor, with the command that brings it into line', async () => {
    const machine = await twoNames()
    await machine.do('switch work codex')
    const path = join(machine.host.home, '.config/qcode-setup/names/work.json')
    writeFileSync(path, JSON.stringify({ gateway: eu, key: keys.work }))
    const { text } = await machine.try('status')
    expect(text).toContain('name-differs')
    expect((await machine.try('doctor')).text).toContain('qcode-setup switch work codex')
    await machine.do('switch work codex')
    machine.expectAt(['codex'], eu, 'work')
    expect((await machine.try('status')).text).not.toContain('name-differs')
  })
})
