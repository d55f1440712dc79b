import type { Tool } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { say } from '../texts/message.ts'
import type { ToolChoice } from './request.ts'

/** Whether the client could use nothing that would be written, since no model was named. */
export function lacksModel({ tool, scope, method, model }: ToolChoice): boolean {
  const targets = tool.targets.filter((target) => target.scope === scope)
  return method === 'file' && model === undefined && targets.some(({ needsModel }) => needsModel)
}

/**
 * The choices without those that lack a model, and a warning for each of these. Throws UserError `model-missing`, exit 2,
 * where none would be left.
 */
export function leaveOutWithoutModel(choices: readonly ToolChoice[]): {
  readonly choices: readonly ToolChoice[]
  readonly findings: readonly Finding[]
} {
  const lacking = choices.filter(lacksModel)
  if (lacking.length > 0 && lacking.length === choices.length) throw missingModel(lacking)
  return {
    choices: choices.filter((choice) => !lacking.includes(choice)),
    findings: lacking.map(({ tool }) => leftOutFinding(tool)),
  }
}

function leftOutFinding({ id, title }: Tool): Finding {
  return {
    id: 'model-missing',
    level: 'warning',
    tool: id,
    message: say('model.left-out', { tool: title }),
    hint: say('model.missing.hint', { tool: id }),
  }
}

function missingModel(choices: readonly ToolChoice[]): UserError {
  return new UserError({
    code: 'model-missing',
    message: say('model.missing', { tools: choices.map(({ tool }) => tool.title) }),
    hint: say('model.missing.hint', { tool: choices[0]?.tool.id ?? '' }),
    exit: 2,
  })
}
