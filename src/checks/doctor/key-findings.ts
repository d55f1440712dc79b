import type { Finding } from '../../finding.ts'
import { maskKey } from '../../secrets/secret.ts'
import { describeSource, whereOf } from './describe-source.ts'
import type { Found } from './find-setting.ts'
import type { ConnectionView, DoctorContext, ToolView } from './tool-view.ts'

/** What is to be said of the key that goes to the gateway. Keys are shown masked. */
export function keyFindings(
  { tool }: ToolView,
  { keys, leads, baseUrl }: ConnectionView,
  { profiles }: DoctorContext,
): Finding[] {
  if (leads !== 'gateway') return []
  const { winner } = keys
  if (!winner || winner.value.trim() === '') {
    return [
      {
        id: 'no-key',
        level: 'error',
        tool: tool.id,
        message: `${tool.title} has a base URL for the gateway and no key.`,
        messageZh: `${tool.title} 设置了网关的 base URL，但没有密钥。`,
        hint: `qcode-setup --tool ${tool.id}`,
      },
    ]
  }
  const others = keys.shadowed.filter((other) => isOtherKey(other, winner))
  const different = others.map((other): Finding => {
    const [here, there] = [describeSource(winner, profiles), describeSource(other, profiles)]
    const where = whereOf(other.name, other.source, profiles)
    return {
      id: 'different-keys',
      level: 'warning',
      tool: tool.id,
      message: `${here} holds ${maskKey(winner.value)} and ${there} another key, ${maskKey(other.value)}; the first is used.`,
      messageZh: `${here} 为 ${maskKey(winner.value)}，${there} 为另一个密钥 ${maskKey(other.value)}；使用前者。`,
      hint: `Keep the right one, or type: qcode-setup --tool ${tool.id}`,
      ...(where && { where }),
    }
  })
  const needsShell = [baseUrl.winner, winner].some((found) => found?.source.level === 'profile')
  return [...different, ...(needsShell ? [newShell(tool.id, winner)] : [])]
}

/** The same setting with another value; what stands in a different setting is another matter. */
function isOtherKey(other: Found, winner: Found): boolean {
  return other.name === winner.name && other.value.trim() !== '' && other.value !== winner.value
}

function newShell(tool: string, { source }: Found): Finding {
  return {
    id: 'new-shell-needed',
    level: 'info',
    tool,
    message: 'The variables stand in a file that this shell has not read.',
    messageZh: '变量所在的文件尚未被此终端读取。',
    hint: 'Open a new terminal.',
    ...(source.file && { where: { file: source.file.path } }),
  }
}
