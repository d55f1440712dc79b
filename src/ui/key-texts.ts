import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'

/** The texts of the command `key`. */
export interface KeyTexts {
  readonly howToGetWhole: string
  readonly stored: (key: string) => string
  readonly wouldStore: (key: string) => string
  readonly storedAlready: (key: string) => string
  readonly nothingToForget: string
  readonly confirmForget: (copies: number) => string
  readonly confirmPurge: (backups: number) => string
  readonly forgotten: (copies: number) => string
  readonly wouldForget: (copies: number) => string
  readonly readers: (tools: string) => string
  readonly files: (files: number) => string
  readonly newKey: string
  readonly rotated: (key: string, places: number, tools: number) => string
  readonly oldKeyIsGone: string
  readonly wouldRotate: (key: string, places: number, tools: number) => string
  readonly rotatedAlready: (key: string) => string
  readonly keyRefused: (key: string) => string
  readonly rotateUnchecked: string
  readonly revoke: string
}

const en: KeyTexts = {
  howToGetWhole:
    'Shown in part, since this is a terminal. A program gets the whole key: qcode-setup key get | cat',
  stored: (key) => `The key ${key} is in the keychain of this machine.`,
  wouldStore: (key) => `The key ${key} would be put into the keychain of this machine.`,
  storedAlready: (key) => `The key ${key} is in the keychain already; nothing was changed.`,
  nothingToForget: 'There is no key in the keychain of this machine; nothing was changed.',
  confirmPurge: (backups) =>
    `Delete ${backups} ${backups === 1 ? 'backup' : 'backups'} with the key? What they belong to can then no longer be undone.`,
  confirmForget: (copies) =>
    `Take the key out of the keychain${copies > 0 ? `, with ${copies === 1 ? 'the copy' : `the ${copies} copies`} kept for undo` : ''}? This cannot be undone.`,
  forgotten: (copies) =>
    `The key is no longer in the keychain${copies > 0 ? ', nor is any copy of it for undo' : ''}.`,
  wouldForget: (copies) =>
    `The key would be taken out of the keychain${copies > 0 ? ', with all copies for undo' : ''}; this could not be undone.`,
  readers: (tools) =>
    `Set up to read the key from the keychain, and without it they have none: ${tools}. Type: qcode-setup key set, or: qcode-setup remove --tool ${tools}`,
  files: (files) =>
    `A key still stands in ${files === 1 ? 'this file' : 'these files'}. To take out what this program wrote there:`,
  newKey: 'New QCode.cc key',
  rotated: (key, places, tools) =>
    `${count(places, 'place')} of ${count(tools, 'tool')} ${places === 1 ? 'has' : 'have'} the new key ${key}.`,
  oldKeyIsGone: 'No copy of the old one was kept, so this cannot be undone.',
  wouldRotate: (key, places, tools) =>
    `${count(places, 'place')} of ${count(tools, 'tool')} would get the new key ${key}. No copy of the old one would be kept.`,
  rotatedAlready: (key) => `${key} is the key that is set up already; nothing was changed.`,
  keyRefused: (key) => `The new key ${key} was not tried with success; nothing was changed.`,
  rotateUnchecked: 'To write it all the same, add: --no-check',
  revoke: 'The old key still works until it is deleted in the QCode.cc console.',
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

const zhCn: KeyTexts = {
  howToGetWhole: '输出到终端，仅显示部分密钥。程序可取得完整密钥：qcode-setup key get | cat',
  stored: (key) => `密钥 ${key} 已存入本机的钥匙串。`,
  wouldStore: (key) => `将把密钥 ${key} 存入本机的钥匙串。`,
  storedAlready: (key) => `密钥 ${key} 已在钥匙串中，未作任何更改。`,
  nothingToForget: '本机的钥匙串中没有密钥，未作任何更改。',
  confirmPurge: (backups) => `删除 ${backups} 个含有密钥的备份？相应的操作将无法再撤销。`,
  confirmForget: (copies) =>
    `从钥匙串中删除密钥${copies > 0 ? `及用于撤销的 ${copies} 个副本` : ''}？此操作无法撤销。`,
  forgotten: (copies) => `钥匙串中已没有该密钥${copies > 0 ? '，也没有用于撤销的副本' : ''}。`,
  wouldForget: (copies) =>
    `将从钥匙串中删除密钥${copies > 0 ? '及所有用于撤销的副本' : ''}；此操作无法撤销。`,
  readers: (tools) =>
    `以下工具设置为从钥匙串读取密钥，没有它便无密钥可用：${tools}。请运行：qcode-setup key set，或：qcode-setup remove --tool ${tools}`,
  files: () => '以下文件中仍有密钥。移除本程序写入的内容：',
  newKey: '新的 QCode.cc 密钥',
  rotated: (key, places, tools) => `${tools} 个工具的 ${places} 处已换成新密钥 ${key}。`,
  oldKeyIsGone: '未保留旧密钥的任何副本，因此无法撤销。',
  wouldRotate: (key, places, tools) =>
    `将把 ${tools} 个工具的 ${places} 处换成新密钥 ${key}，不保留旧密钥的任何副本。`,
  rotatedAlready: (key) => `${key} 正是当前使用的密钥，未作任何更改。`,
  keyRefused: (key) => `新密钥 ${key} 未通过检查，未作任何更改。`,
  rotateUnchecked: '如仍要写入，请加上：--no-check',
  revoke: '在 QCode.cc 控制台删除之前，旧密钥仍然有效。',
}

/** The texts of `key` in the language of the host's locale. */
export function keyTextsFor(host: Pick<Host, 'env'>): KeyTexts {
  return isChinese(host) ? zhCn : en
}
