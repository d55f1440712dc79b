import { existsSync } from 'node:fs'
import { readLedger } from '../apply/ledger-store.ts'
import type { Finding } from '../finding.ts'
import type { ToolChoice } from '../request/request.ts'
import { choicesOf } from './choices-of.ts'
import type { CommandContext } from './command.ts'

/** All that is set up in folders that are there, and a warning for each project that is gone. */
export function standingChoices({ host, catalog }: CommandContext): {
  choices: ToolChoice[]
  findings: Finding[]
} {
  const all = choicesOf(readLedger(host).setups, catalog, host)
  const isThere = ({ project }: ToolChoice) => project === undefined || existsSync(project)
  const gone = all.flatMap((choice) => (isThere(choice) ? [] : (choice.project ?? [])))
  return { choices: all.filter(isThere), findings: [...new Set(gone)].map(goneFinding) }
}

function goneFinding(folder: string): Finding {
  return {
    id: 'project-gone',
    level: 'warning',
    message: `${folder} is gone: what was set up there was passed over. Should it come back, it still has the old key.`,
    messageZh: `${folder} 已不存在，其中的设置已跳过。若该文件夹恢复，其中仍是旧密钥。`,
    where: { file: folder },
  }
}
