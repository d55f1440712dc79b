import { keys } from '../../support/terminal.ts'
import { absent, type Spec, type Step } from '../spec.ts'

/** Codex, alone, and the United States. */
const chosen: NonNullable<Step['typed']> = [
  ['Enter to continue', 'codex'],
  ['◯ Codex CLI', keys.space],
  ['◉ Codex CLI', keys.enter],
  ['◯ Claude Code', keys.enter],
  ['❯ Global', keys.down],
  ['❯ United States', keys.enter],
  ['❯ Install now', keys.down],
  ['❯ Not now', keys.enter],
  ['Where should the key be stored', keys.enter],
]

/** The questions, with keys. Wine hands on no Esc and no Ctrl-C. */
export const wizard: Spec[] = [
  {
    title: 'the wizard is answered with keys, and writes what was chosen',
    steps: [
      {
        args: ['--key-file', '%KEY%', '--no-check'],
        typed: [...chosen, ['❯ Apply', keys.enter]],
        after: { '.codex\\config.toml': ['https://us.qcode.cc/openai'], '.claude': absent },
      },
    ],
  },
  {
    title: 'a key that is typed into the wizard is written, and shown nowhere',
    steps: [
      {
        args: ['--no-check'],
        typed: [...chosen, ['stays hidden', '%TYPED%', keys.enter], ['❯ Apply', keys.enter]],
        after: { '.codex\\.env': ['QCODE_API_KEY=cr_89abcdef'] },
      },
    ],
  },
  {
    title: 'the changes are shown, and nothing is written by who leaves the wizard then',
    steps: [
      {
        args: ['--key-file', '%KEY%', '--no-check'],
        exit: null,
        typed: [
          ...chosen,
          ['❯ Apply', keys.down],
          ['❯ Show the changes', keys.enter],
          ['+base_url = "https://us.qcode.cc/openai"', keys.up],
          ['❯ Quit without writing', keys.enter],
        ],
        after: { '.codex': absent },
      },
    ],
  },
]
