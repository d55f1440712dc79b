import { cancelled } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { KeyIgnore } from '../plan/plan-work.ts'
import { messagesFor } from '../ui/locale.ts'
import { askSelect } from './ask.ts'
import { warn } from './say.ts'

/** What to do with keys that git would take; the answer is the name of the switch that says the same. */
export async function askGitignore(
  ignores: readonly KeyIgnore[],
  host: Host,
): Promise<'gitignore' | 'allowTracked'> {
  const texts = messagesFor(host).inGit
  warn(host, ...ignores.map(({ hides, pattern, gitignore }) => texts.exposed(hides, pattern, gitignore)))
  const answer = await askSelect<'gitignore' | 'allowTracked' | 'quit'>(host, texts.question, [
    { value: 'gitignore', name: texts.ignore(ignores.length) },
    { value: 'quit', name: texts.quit },
    { value: 'allowTracked', name: texts.anyway },
  ])
  if (answer === 'quit') throw cancelled()
  return answer
}
