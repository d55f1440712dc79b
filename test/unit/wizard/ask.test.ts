import { describe, expect, it } from 'vitest'
import { GoneBack, UserError } from '../../../src/errors.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { en } from '../../../src/texts/en.ts'
import { asMessage } from '../../../src/texts/message.ts'
import { askCheckbox, askConfirm, askSelect } from '../../../src/wizard/ask.ts'
import { askKey } from '../../../src/wizard/ask-key.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { type AnsweringHost, createAnsweringHost, ctrlC, ctrlD, down, enter, up } from './answering-host.ts'

const choices = [
  { value: 1, name: 'one' },
  { value: 2, name: 'two' },
]

const folded = [
  { value: 3, name: 'three' },
  { value: 4, name: 'four' },
]
const ticking = {
  required: asMessage('Tick one.'),
  nothingFits: asMessage('No match.'),
  more: (count: number) => asMessage(`${count} more`),
}

/** Every kind of question, with the text by which it is known. */
const questions: Record<string, (terminal: AnsweringHost) => Promise<unknown>> = {
  askSelect: ({ host }) => askSelect(host, asMessage('Which?'), choices),
  askCheckbox: ({ host }) => askCheckbox(host, asMessage('Which?'), choices, ticking),
  askConfirm: ({ host }) => askConfirm(host, asMessage('Which?'), true),
  askKey: ({ host }) => askKey(host),
}

/** What each question shows, for a test that answers it. */
const asked = (name: string) => (name === 'askKey' ? en['ask.key'] : 'Which?')

describe.each(Object.entries(questions))('%s', (name, question) => {
  it.each([
    ['Ctrl-C', ctrlC],
    ['Ctrl-D', ctrlD],
  ])('is left by %s as cancelled, exit 130', async (_name, keys) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = question(terminal).catch((error) => error)
    await terminal.answer(asked(name), keys)
    expect(await answer).toMatchObject({ code: 'cancelled', exit: 130 })
    expect(await answer).toBeInstanceOf(UserError)
  })

  it('is left when the input ends, and when it has ended before', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = question(terminal).catch((error) => error)
    await terminal.answer(asked(name), '')
    terminal.input.end()
    expect(await answer).toMatchObject({ code: 'cancelled', exit: 130 })
    expect(await question(terminal).catch((error) => error)).toMatchObject({ code: 'cancelled' })
  })

  it('is a fault of the program where nobody can answer', async () => {
    const terminal = { ...createAnsweringHost('/nowhere'), host: createTestHost('/nowhere') }
    const error = await question(terminal).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(UserError)
  })
})

describe('going back', () => {
  const canGoBack = true
  const questionsBefore: Record<string, (terminal: AnsweringHost) => Promise<unknown>> = {
    askSelect: ({ host }) => askSelect(host, asMessage('Which?'), choices, { canGoBack }),
    askCheckbox: ({ host }) => askCheckbox(host, asMessage('Which?'), choices, { ...ticking, canGoBack }),
    askConfirm: ({ host }) => askConfirm(host, asMessage('Which?'), true, canGoBack),
    askKey: ({ host }) => askKey(host, { canGoBack }),
  }

  it.each(Object.entries(questionsBefore))('%s is left by Esc, and says so', async (name, question) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = question(terminal).catch((error) => error)
    await terminal.answer(asked(name), '')
    expect(terminal.shown()).toContain(en['ask.keys.back'])
    terminal.input.write('\x1b')
    expect(await answer).toBeInstanceOf(GoneBack)
  })

  it.each(Object.entries(questions))(
    'where %s is the first question, nothing is said of Esc',
    async (name, question) => {
      const terminal = createAnsweringHost('/nowhere')
      const answer = question(terminal).catch((error) => error)
      await terminal.answer(asked(name), ctrlC)
      expect(await answer).toMatchObject({ code: 'cancelled' })
      expect(terminal.shown()).not.toContain(en['ask.keys.back'])
    },
  )

  it('from whether to use a key of another form leads to the key', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askKey(terminal.host)
    await terminal.answer(en['ask.key'], `sk-other${enter}`)
    await terminal.answer(en['ask.use-anyway'], '\x1b')
    await terminal.answer(en['ask.key'], testKey + enter)
    expect(Secret.reveal(await answer)).toBe(testKey)
  })
})

describe('answers', () => {
  it('askSelect gives the value under the cursor, and starts at the preset', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const first = askSelect(terminal.host, asMessage('First?'), choices)
    await terminal.answer('First?', down + enter)
    expect(await first).toBe(2)
    const second = askSelect(terminal.host, asMessage('Second?'), choices, { preset: 2 })
    await terminal.answer('Second?', enter)
    expect(await second).toBe(2)
  })

  it('askCheckbox wants at least one tick', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askCheckbox(terminal.host, asMessage('Which?'), choices, ticking)
    await terminal.answer('Which?', enter)
    await terminal.answer('Tick one.', ` ${enter}`)
    expect(await answer).toEqual([1])
  })

  const all = `${down} `
  const open = `${down.repeat(2)} `
  it.each([
    ['Space on the line that folds the rest', open, '◯ three'],
    ['Enter on it', down.repeat(2) + enter, '◯ four'],
    ['a search', 'fou', '❯◯ four'],
  ])('askCheckbox shows what is folded after %s', async (_, keys, expected) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askCheckbox(terminal.host, asMessage('Which?'), choices, { ...ticking, folded })
    await terminal.answer('2 more', keys)
    await terminal.answer(expected, ctrlC)
    await expect(answer).rejects.toThrow()
  })

  it.each([
    ['rows of both kinds in their order', `${open} ${up.repeat(2)} ${enter}`, [1, 3]],
    ['a row that was searched for, by Space', `thr ${enter}${enter}`, [3]],
    ['one that was searched for, by Enter', `thr${enter}${enter}`, [3]],
    ['rows of two searches', `thr${enter}tw${enter}${enter}`, [2, 3]],
    ['what is ticked, not what is unticked again', `thr  \x7f\x7f\x7f${all}${enter}`, [2]],
    ['nothing that does not fit', `xyz ${enter} ${enter}`, [1]],
    [
      'one below the folded ones, where the arrow came to it by going up',
      `${open}${up.repeat(3)} ${enter}`,
      [4],
    ],
  ])('askCheckbox gives %s', async (_, keys, expected) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askCheckbox(terminal.host, asMessage('Which?'), choices, { ...ticking, folded })
    await terminal.answer('2 more', keys)
    expect(await answer).toEqual(expected)
  })

  it('askCheckbox keeps what is ticked outside of the fold, and counts the rest', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askCheckbox(terminal.host, asMessage('Which?'), choices, { ...ticking, folded })
    await terminal.answer('2 more', `thr${enter}`)
    await terminal.answer('1 more', enter)
    expect(await answer).toEqual([3])
    expect(terminal.shown()).not.toContain('four')
  })

  it.each([
    ['', true, true],
    ['', false, false],
    ['y', false, true],
    ['n', true, false],
  ])('askConfirm: %j with the preset %s means %s', async (keys, preset, expected) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askConfirm(terminal.host, asMessage('Which?'), preset)
    await terminal.answer('Which?', keys + enter)
    expect(await answer).toBe(expected)
  })

  it('askConfirm asks again for what is neither yes nor no', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askConfirm(terminal.host, asMessage('Which?'), true)
    await terminal.answer('Which?', `x${enter}`)
    await terminal.answer(en['ask.yes-or-no'], `\x7fno${enter}`)
    expect(await answer).toBe(false)
  })

  it('askKey never shows the key, not even by Ctrl-T, and asks again for one that cannot be a key', async () => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askKey(terminal.host)
    await terminal.answer(en['ask.key'], `one two${enter}`)
    await terminal.answer('> ', `\x15${testKey}\x14`)
    await terminal.answer('*', enter)
    expect(Secret.reveal(await answer)).toBe(testKey)
    expect(terminal.shown()).not.toContain('one two')
    expect(terminal.shown()).not.toContain(testKey.slice(0, 8))
    expect(terminal.shown()).toContain('cr_…cdef')
  })

  it.each([
    ['one of another form, on a yes', `sk-other${enter}`, `y${enter}`, 'sk-other'],
    ['none of another form on Enter, and asks again', `sk-other${enter}`, enter, testKey],
  ])('askKey takes %s', async (_, typed, word, expected) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askKey(terminal.host)
    await terminal.answer(en['ask.key'], typed)
    await terminal.answer(en['ask.use-anyway'], word)
    if (expected === testKey) await terminal.answer(en['ask.key'], testKey + enter)
    expect(Secret.reveal(await answer)).toBe(expected)
  })

  it.each([
    ['a line for a shell', `export OPENAI_API_KEY="${testKey}"`, 'export OPENAI_API_KEY='],
    ['a header', `Authorization: Bearer ${testKey}`, 'Bearer'],
    ['quotes', `'${testKey}'`, undefined],
    ['a line end of Windows', `export KEY=${testKey}\r`, 'export KEY='],
    ['blanks around it', `  ${testKey}  `, undefined],
  ])('askKey takes the key out of %s, and says what it left out', async (_, pasted, left) => {
    const terminal = createAnsweringHost('/nowhere')
    const answer = askKey(terminal.host)
    await terminal.answer(en['ask.key'], `${pasted}${enter}`)
    expect(Secret.reveal(await answer)).toBe(testKey)
    if (left !== undefined) expect(terminal.shown()).toMatch(new RegExp(`Left out: .*${left}`))
    expect(terminal.shown()).not.toContain(testKey.slice(0, 8))
  })
})
