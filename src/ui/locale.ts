import type { Host } from '../host/host.ts'

/** The texts in the user's language. JSON output and errors do not use them. */
export function messagesFor(host: Pick<Host, 'env'>): Messages {
  return isChinese(host) ? messagesZhCn : messagesEn
}

/** Whether texts for people are Chinese: the first of LC_ALL, LC_MESSAGES and LANG that is set decides, as POSIX has it. */
export function isChinese({ env }: Pick<Host, 'env'>): boolean {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^zh(?![a-z])/i.test(locale)
}

/** The texts of the questions, in one language. What stands in a function's place is put in as it is. */
export interface Messages {
  readonly intro: string
  /** What the keys do in a list, and in a list with ticks. */
  readonly listKeys: string
  readonly tickKeys: string
  readonly yes: string
  readonly no: string
  readonly answerYesOrNo: string
  readonly tools: {
    readonly question: string
    readonly found: string
    readonly required: string
  }
  readonly region: {
    readonly question: string
    readonly useAnyway: string
  }
  readonly key: {
    readonly question: string
    readonly from: (key: string, source: string) => string
    readonly standardInput: string
    readonly keychain: string
  }
  readonly keyStore: {
    readonly question: string
    /** Its line in the list, and what stands in the answered one. */
    readonly file: { readonly name: string; readonly short: string }
    readonly keychain: { readonly name: string; readonly short: string }
  }
  readonly model: {
    readonly question: (tool: string) => string
    readonly ownDefault: string
    readonly answered: string
  }
  readonly confirm: string
  readonly conflict: {
    readonly drift: (path: string, key: string) => string
    readonly guarded: (path: string, key: string) => string
    readonly now: (value: string) => string
    readonly wanted: (value: string) => string
    readonly question: string
    readonly overwrite: string
    readonly skip: string
    readonly quit: string
  }
  readonly inGit: {
    readonly exposed: (path: string, pattern: string, gitignore: string) => string
    readonly question: string
    readonly ignore: (lines: number) => string
    readonly anyway: string
    readonly quit: string
  }
  readonly recovery: {
    readonly stopped: (run: string, command: string) => string
    readonly question: string
    readonly undo: string
    readonly finish: string
  }
  readonly broken: {
    readonly found: string
    readonly question: (tools: string) => string
  }
  readonly restart: {
    readonly running: (title: string, pid: number) => string
    readonly question: (command: string) => string
  }
  readonly failedCheck: {
    readonly question: string
    readonly keep: string
    readonly region: string
    readonly undo: string
  }
}

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

/** Simplified Chinese, as on the mainland. */
export const messagesZhCn: Messages = {
  intro: '任何问题处按 Ctrl-C 均可退出。在您查看更改并确认之前，不会写入任何内容。',
  listKeys: '↑↓ 移动，回车选择',
  tickKeys: '空格勾选，a 全选，回车完成',
  yes: '是',
  no: '否',
  answerYesOrNo: '请输入 y 或 n。',
  tools: {
    question: '要设置的工具',
    found: '本机已安装',
    required: '请用空格键至少勾选一个工具。',
  },
  region: {
    question: '区域',
    useAnyway: '仍要使用吗？',
  },
  key: {
    question: 'QCode.cc 密钥',
    from: (key, source) => `${key}（来自 ${source}）`,
    standardInput: '标准输入',
    keychain: '系统钥匙串',
  },
  keyStore: {
    question: '密钥保存位置',
    file: { name: '各客户端自己的设置文件，仅您可读（0600）', short: '设置文件' },
    keychain: { name: '本机的系统钥匙串，由各客户端按需读取', short: '系统钥匙串' },
  },
  model: {
    question: (tool) => `${tool} 的模型`,
    ownDefault: '使用客户端自身的默认模型',
    answered: '模型',
  },
  confirm: '写入以上更改？',
  conflict: {
    drift: (path, key) => `${path}：${key} 在本程序写入之后被修改过。`,
    guarded: (path, key) => `${path}：${key} 是您自己的设置。`,
    now: (value) => `现有值：${value}`,
    wanted: (value) => `将写入：${value}`,
    question: '如何处理？',
    overwrite: '覆盖（`qcode-setup remove` 可恢复原值）',
    skip: '保留原值，继续其余设置',
    quit: '停止，不写入任何内容',
  },
  inGit: {
    exposed: (path, pattern, gitignore) =>
      `${path} 位于 git 仓库中且未被忽略：密钥会被提交。可在 ${gitignore} 中加入一行：${pattern}`,
    question: 'git 会收录密钥，如何处理？',
    ignore: (lines) =>
      lines === 1 ? '将该行加入 .gitignore，然后写入' : '将这些行加入 .gitignore，然后写入',
    anyway: '仍然写入密钥',
    quit: '停止，不写入任何内容',
  },
  recovery: {
    stopped: (run, command) => `先前的运行 ${run}（${command}）中途停止，涉及的文件：`,
    question: '如何处理该次运行？',
    undo: '撤销，恢复到运行之前的状态',
    finish: '继续完成',
  },
  broken: {
    found: '以下文件无法编辑：',
    question: (tools) => `是否跳过 ${tools} 并继续？`,
  },
  restart: {
    running: (title, pid) => `${title}：后台进程（pid ${pid}）仍在使用旧设置。`,
    question: (command) => `现在重启它（${command}）？`,
  },
  failedCheck: {
    question: '网关未正常响应，如何处理？',
    keep: '保留已写入的设置',
    region: '撤销本次设置，改用其他区域',
    undo: '撤销本次设置',
  },
}
