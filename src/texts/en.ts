// Every sentence that a user meets, in English, by where it is met. zh-CN.ts has the same ids. How to write one: verbs first, at
// most twenty words, one word for each thing (tool, base URL, key, change), what to type in full.

/** What a text is filled in with. */
export type With<Name extends string> = Readonly<Record<Name, string>>

type Count<Name extends string> = Readonly<Record<Name, number>>

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

export const en = {
  language: 'en',

  // Questions of the wizard.
  'ask.intro':
    'Press Ctrl-C to quit at any time. Nothing is written until you review the changes and confirm.',
  'ask.keys.list': '↑/↓ to move · Enter to select',
  'ask.keys.ticks': 'Space to toggle · a for all · Enter to continue',
  'ask.yes': 'Yes',
  'ask.no': 'No',
  'ask.yes-or-no': 'Answer y or n.',
  'ask.tools': 'Which tools do you want to set up?',
  'ask.tools.short': 'Tools',
  'ask.tools.installed': 'installed',
  'ask.tools.required': 'Select at least one tool (press Space).',
  'ask.region': 'Region',
  'ask.use-anyway': 'Use it anyway?',
  'ask.key': 'Paste your QCode.cc API key (starts with cr_, input is hidden)',
  'ask.key.short': 'QCode.cc API key',
  'ask.key.from': ({ key, source }: With<'key' | 'source'>) => `${key} (from ${source})`,
  'ask.key.stdin': 'standard input',
  'ask.key.keychain': 'the keychain',
  'ask.key-store': 'Where should the key be stored?',
  'ask.key-store.short': 'Key store',
  'ask.key-store.file': "In each tool's settings file (readable only by you)",
  'ask.key-store.file.short': 'settings files',
  'ask.key-store.keychain': 'In the system keychain (tools read it from there)',
  'ask.key-store.keychain.short': 'system keychain',
  'ask.model': ({ tool }: With<'tool'>) => `Which model should ${tool} use?`,
  'ask.model.default': "Keep the tool's default",
  'ask.model.of': ({ tool }: With<'tool'>) => `Model for ${tool}`,
  'ask.model.short': 'Model',
  'ask.confirm': 'Apply these changes?',
  'ask.conflict.drift': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: you changed ${key} after qcode-setup wrote it.`,
  'ask.conflict.guarded': ({ path, key }: With<'path' | 'key'>) =>
    `${path}: ${key} already has a value that qcode-setup didn't write.`,
  'ask.conflict.now': ({ value }: With<'value'>) => `now: ${value}`,
  'ask.conflict.wanted': ({ value }: With<'value'>) => `new: ${value}`,
  'ask.conflict': 'What do you want to do?',
  'ask.conflict.overwrite': 'Replace it (`qcode-setup remove` restores your value)',
  'ask.conflict.skip': 'Keep your value and continue',
  'ask.quit': 'Quit without writing',
  'ask.git.exposed': ({ path, pattern, gitignore }: With<'path' | 'pattern' | 'gitignore'>) =>
    `${path} is in a Git repository and isn't ignored, so your key could be committed. Fix: add ${pattern} to ${gitignore}.`,
  'ask.git': 'Git would track the file with your key. What do you want to do?',
  'ask.git.ignore': ({ lines }: Count<'lines'>) =>
    `Add ${lines === 1 ? 'that line' : 'those lines'} to .gitignore and continue`,
  'ask.git.anyway': 'Write the key anyway',
  'ask.recovery.stopped': ({ run, command }: With<'run' | 'command'>) =>
    `A previous change (${run}, ${command}) was interrupted while changing:`,
  'ask.recovery': 'What do you want to do with it?',
  'ask.recovery.undo': 'Roll it back',
  'ask.recovery.finish': 'Finish it',
  'ask.broken.found': "These files can't be edited:",
  'ask.broken': ({ tools }: { readonly tools: readonly string[] }) => `Continue without ${tools.join(', ')}?`,
  'ask.restart.running': ({ tool, pid }: With<'tool'> & Count<'pid'>) =>
    `${tool}: a background process (PID ${pid}) is still using the old settings.`,
  'ask.restart': ({ command }: With<'command'>) => `Restart it now (${command})?`,
  'ask.failed-check': 'The check failed. What do you want to do?',
  'ask.failed-check.keep': 'Keep these settings',
  'ask.failed-check.region': 'Undo and choose another region',
  'ask.failed-check.undo': 'Undo these settings',

  // The command key.
  'ask.key.new': 'Paste the new QCode.cc API key (starts with cr_, input is hidden)',
  'ask.key.new.short': 'New QCode.cc API key',
  'ask.key.forget': ({ copies }: Count<'copies'>) =>
    `Delete the key from the system keychain${copies > 0 ? `, with ${count(copies, 'backup copy', 'backup copies')}` : ''}? This can't be undone.`,
  'ask.key.purge': ({ backups }: Count<'backups'>) =>
    `Delete ${count(backups, 'backup')} that contain${backups === 1 ? 's' : ''} the key? The changes they belong to can then no longer be undone.`,
  'key.get.whole': 'Partly hidden on a terminal. To get the full key in a script: qcode-setup key get | cat',
  'key.stored': ({ key }: With<'key'>) => `The key ${key} is now in the system keychain.`,
  'key.would-store': ({ key }: With<'key'>) => `The key ${key} would be stored in the system keychain.`,
  'key.stored-already': ({ key }: With<'key'>) =>
    `The key ${key} is already in the system keychain. Nothing was changed.`,
  'key.none': 'There is no key in the system keychain. Nothing was changed.',
  'key.forgotten': ({ copies }: Count<'copies'>) =>
    `Deleted the key from the system keychain${copies > 0 ? ', with all backup copies' : ''}.`,
  'key.would-forget': ({ copies }: Count<'copies'>) =>
    `The key would be deleted from the system keychain${copies > 0 ? ', with all backup copies' : ''}. That can't be undone.`,
  'key.readers': ({ tools }: With<'tools'>) =>
    `These tools read the key from the keychain and will stop working: ${tools}. Run: qcode-setup key set, or: qcode-setup remove --tool ${tools}`,
  'key.files': ({ files }: Count<'files'>) =>
    `${files === 1 ? 'This file still contains' : 'These files still contain'} a key. To remove it:`,
  'key.rotated': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `The new key ${key} is in ${count(places, 'place')} (${count(tools, 'tool')}).`,
  'key.rotated-for-good': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `Replaced the key with ${key} in ${count(places, 'place')} (${count(tools, 'tool')}). The old key was not kept, so this can't be undone.`,
  'key.would-rotate': ({ key, places, tools }: With<'key'> & Count<'places' | 'tools'>) =>
    `The key would be replaced with ${key} in ${count(places, 'place')} (${count(tools, 'tool')}). The old key would not be kept.`,
  'key.rotated-already': ({ key }: With<'key'>) => `${key} is already in use. Nothing was changed.`,
  'key.refused': ({ key }: With<'key'>) => `The new key ${key} didn't pass the check. Nothing was changed.`,
  'key.write-anyway': 'To write it anyway, add --no-check.',
  'key.revoke': 'The old key works until you delete it in the QCode.cc console.',

  // What each rule of a base URL asks for.
  'rule.whitespace': 'A base URL contains no spaces.',
  'rule.scheme': 'A base URL begins with https://, or http:// for the region that has no encryption.',
  'rule.credentials-in-url': 'A base URL contains no user name and no password.',
  'rule.unknown-host': 'A base URL names an address of the gateway.',
  'rule.port': 'A base URL names no port.',
  'rule.query-or-fragment': 'A base URL ends with its path.',
  'rule.double-slash': 'A path has a single slash between its parts.',
  'rule.trailing-slash': 'A base URL does not end with a slash.',
  'rule.full-endpoint': 'A base URL leaves out the part that the tool adds.',
  'rule.doubled-v1': 'A base URL for a tool that adds /v1 does not end with /v1.',
  'rule.missing-v1': "A base URL for a tool that doesn't add /v1 ends with /v1.",
  'rule.missing-prefix': 'A base URL has the path of its protocol, such as /api or /openai/v1.',
  'rule.wrong-prefix': "A base URL has the path of the tool's own protocol.",

  // Notes in a diff.
  'diff.notes': ({ notes }: { readonly notes: readonly string[] }) => ` (${notes.join('; ')})`,
  'diff.new-file': ({ mode }: With<'mode'>) => `new file, mode ${mode}`,
  'diff.mode': ({ before, after }: With<'before' | 'after'>) => `mode ${before} to ${after}`,
  'diff.deleted': 'deleted',
  'diff.masked': 'only masked values change',
  'diff.other-names': 'other names of it keep the old content',
  'diff.no-key': 'no key',
  'diff.another-key': 'another key',

  // Errors that any command can end with.
  'error.label': 'Error:',
  'error.at': ({ where }: With<'where'>) => `at ${where}`,
  'error.cancelled': 'Cancelled. Nothing was written.',
  'error.cancelled-later': 'Cancelled. Nothing else was written.',
  'error.internal': ({ url }: With<'url'>) =>
    `This is a bug in qcode-setup. Please report it with these lines (${url}):`,
  'error.internal.debug':
    'Run the same command with QCODE_DEBUG=1 to see how it came to this, on standard error.',
} as const satisfies Record<string, string | ((values: never) => string)>
