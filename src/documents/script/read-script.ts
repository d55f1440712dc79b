import { readFishScript } from './fish-script.ts'
import { readPosixScript } from './posix-script.ts'
import { readPowershellScript } from './powershell-script.ts'
import type { Script } from './script.ts'

/** The languages that can be read. */
export const scriptLanguages = ['bash', 'zsh', 'fish', 'powershell'] as const

/** A language of shell scripts. */
export type ScriptLanguage = (typeof scriptLanguages)[number]

/** What a file of a shell does to variables of the environment, as far as it can be told without running anything. */
export function readScript(text: string, language: ScriptLanguage): Script {
  try {
    return readIn(language, text)
  } catch (error) {
    // Of a text with more in one place than the stack takes nothing is known.
    if (error instanceof RangeError) return { steps: [], problem: { line: 1, what: '…', kind: 'stray' } }
    throw error
  }
}

function readIn(language: ScriptLanguage, text: string): Script {
  if (language === 'fish') return readFishScript(text)
  return language === 'powershell' ? readPowershellScript(text) : readPosixScript(text, language)
}
