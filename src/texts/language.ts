import { en } from './en.ts'
import type { Texts } from './message.ts'

/** The languages that every text is there in. */
export const languages = ['en', 'zh-CN'] as const

export type Language = (typeof languages)[number]

/** What the choice of a language rests on. */
export interface LanguageSigns {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The system's own locale, such as `zh-CN`: Windows and macOS set none of the variables. */
  readonly systemLocale: () => string
}

/** `--lang`, QCODE_LANG, then the first of LC_ALL, LC_MESSAGES and LANG that is set, as POSIX has it, then the system's locale. */
export function chooseLanguage({ args, env, systemLocale }: LanguageSigns): Language {
  const locale =
    flagValue(args) || env.QCODE_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || systemLocale()
  return /^zh(?![a-z])/i.test(locale) ? 'zh-CN' : 'en'
}

/** The texts of a language, by what gives them: the English ones are loaded with the first that is asked for. */
export async function loadTexts(language: Language): Promise<() => Texts> {
  if (language === 'en') return () => en
  const { zhCN } = await import('./zh-CN.ts')
  return () => zhCN
}

/** The same texts for whoever works on the settings of the whole computer: the commands in them are about these as well. */
export function forWholeComputer(texts: Texts): () => Texts {
  const scoped = (text: string) =>
    text.replace(/qcode-setup (?:undo|remove|switch|status)\b(?! --scope)/g, '$& --scope managed')
  const entries = Object.entries(texts).map(([id, text]) => [
    id,
    typeof text === 'string' ? scoped(text) : (values: never) => scoped(text(values)),
  ])
  const all: Texts = Object.fromEntries(entries)
  return () => all
}

/** Whether arguments ask for the settings of the whole computer; like the language, read before anything is parsed. */
export function asksForManaged(args: readonly string[]): boolean {
  return args.some(
    (arg, index) => arg === '--scope=managed' || (arg === 'managed' && args[index - 1] === '--scope'),
  )
}

/** Read before anything is parsed, since the parser's errors are to be in that language as well. */
function flagValue(args: readonly string[]): string | undefined {
  const index = args.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='))
  return args[index]?.includes('=') ? args[index].slice('--lang='.length) : args[index + 1 || args.length]
}
