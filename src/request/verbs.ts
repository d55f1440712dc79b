import { type Message, say } from '../texts/message.ts'

/** The verbs of the commands that have them, with what each does; each has flags of its own. */
export const verbs = {
  key: {
    set: say('help.key-set'),
    get: say('help.key-get'),
    rotate: say('help.key-rotate'),
    forget: say('help.key-forget'),
  },
  completion: {
    bash: say('help.completion-shell', { shell: 'bash' }),
    zsh: say('help.completion-shell', { shell: 'zsh' }),
    fish: say('help.completion-shell', { shell: 'fish' }),
    powershell: say('help.completion-shell', { shell: 'PowerShell' }),
    pwsh: say('help.completion-shell', { shell: 'PowerShell' }),
    nushell: say('help.completion-shell', { shell: 'nushell' }),
    nu: say('help.completion-shell', { shell: 'nushell' }),
    install: say('help.completion-install'),
    uninstall: say('help.completion-uninstall'),
    suggest: say('help.completion-suggest'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Message>>>>

type Verbs = typeof verbs
/** A verb behind its command, such as `key rotate`. */
export type VerbOwner = {
  [Name in keyof Verbs]: `${Name} ${Extract<keyof Verbs[Name], string>}`
}[keyof Verbs]

/** All of them. */
export const verbNames = Object.entries(verbs).flatMap(([command, words]) =>
  Object.keys(words).map((verb) => `${command} ${verb}` as VerbOwner),
)

/** What people type for the verbs of `key`, as `synonymsOf` has it. */
export const alsoCalled = {
  set: 'store save add put import',
  get: 'show print read cat export',
  rotate: 'replace renew change update new',
  forget: 'delete remove rm clear unset erase',
}
