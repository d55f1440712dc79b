import type { Messages } from '../ui/messages.ts'
import type { Style } from '../ui/style.ts'

/** How inquirer's prompts look: our colours, which know of NO_COLOR, and our languages, in place of its own. */
export function promptTheme(style: Style, messages: Messages, keys = '') {
  return {
    prefix: { idle: style.cyan('?'), done: style.green('✔') },
    spinner: { frames: ['…'] },
    icon: { checked: style.green('◉'), unchecked: '◯', cursor: '❯' },
    style: {
      answer: style.cyan,
      message: style.bold,
      error: (text: string) => style.red(`> ${text}`),
      defaultAnswer: (text: string) => style.dim(`(${text})`),
      help: style.dim,
      highlight: style.cyan,
      description: style.dim,
      keysHelpTip: () => style.dim(keys),
      confirmDefault: (text: string) => text.toUpperCase(),
    },
    // The letters stay y and n in every language: they need no input method.
    keywords: { yes: 'yes', no: 'no', error: () => messages.answerYesOrNo },
  }
}
