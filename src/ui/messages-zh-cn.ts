import type { Messages } from './messages.ts'

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
