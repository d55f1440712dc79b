import type { Messages } from './messages.ts'

/** What the questions say. Every other language has the same shape. */
export const messagesEn: Messages = {
  intro: 'Ctrl-C leaves at any question. Nothing is written before you have seen the changes and said yes.',
  listKeys: '↑↓ move, Enter choose',
  tickKeys: 'Space tick, a all, Enter done',
  yes: 'Yes',
  no: 'No',
  answerYesOrNo: 'Answer y or n.',
  tools: {
    question: 'Tools to set up',
    found: 'found here',
    required: 'Tick at least one tool with the space bar.',
  },
  region: {
    question: 'Region',
    useAnyway: 'Use it all the same?',
  },
  key: {
    question: 'QCode.cc key',
    from: (key, source) => `${key} (from ${source})`,
    standardInput: 'standard input',
    keychain: 'the keychain',
  },
  keyStore: {
    question: 'Where to keep the key',
    file: { name: "in each client's own settings, for you alone (0600)", short: 'settings' },
    keychain: { name: "in this machine's keychain, where each client asks for it", short: 'keychain' },
  },
  model: {
    question: (tool) => `Model for ${tool}`,
    ownDefault: "the client's own default",
    answered: 'Model',
  },
  confirm: 'Write these changes?',
  conflict: {
    drift: (path, key) => `${path}: ${key} was changed since this program wrote it.`,
    guarded: (path, key) => `${path}: ${key} is set by you.`,
    now: (value) => `now:    ${value}`,
    wanted: (value) => `wanted: ${value}`,
    question: 'What should happen to it?',
    overwrite: 'overwrite it (`qcode-setup remove` gives it back)',
    skip: 'leave it as it is, do the rest',
    quit: 'stop, write nothing',
  },
  inGit: {
    exposed: (path, pattern, gitignore) =>
      `${path} lies in a git repository and is not ignored: the key would be committed. What would help: the line ${pattern} in ${gitignore}`,
    question: 'git would take the key. What now?',
    ignore: (lines) =>
      lines === 1 ? 'add that line to .gitignore, then write' : 'add those lines to .gitignore, then write',
    anyway: 'write the key all the same',
    quit: 'stop, write nothing',
  },
  recovery: {
    stopped: (run, command) => `An earlier run, ${run} (${command}), was stopped half-way. Its files:`,
    question: 'What should happen to that run?',
    undo: 'take it back, as if it had never been started',
    finish: 'finish it',
  },
  broken: {
    found: 'These files cannot be edited:',
    question: (tools) => `Continue without ${tools}?`,
  },
  restart: {
    running: (title, pid) => `${title}: a background process (pid ${pid}) still has the old settings.`,
    question: (command) => `Restart it now (${command})?`,
  },
  failedCheck: {
    question: 'The gateway did not answer as it should. What now?',
    keep: 'keep the settings as they were written',
    region: 'take these settings back and choose another region',
    undo: 'take the settings back',
  },
}
