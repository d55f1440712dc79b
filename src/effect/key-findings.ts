import type { Tool } from '../catalog/tool.ts'
import type { Finding } from '../finding.ts'
import { maskKey } from '../secrets/secret.ts'
import { describeSource, whereOf } from './describe-source.ts'
import type { Found } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import type { ConnectionView, EffectContext, ToolView } from './tool-view.ts'

/** What is to be said of the key that goes to the gateway. Keys are shown masked. */
export function keyFindings(
  { tool }: ToolView,
  { keys, leads, baseUrl }: ConnectionView,
  { profiles, machine }: EffectContext,
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
  return [
    ...missingCommand(tool, winner, machine),
    ...different,
    ...(needsShell ? [newShell(tool.id, winner)] : []),
  ]
}

/** The client would start a program for its key that is not there. */
function missingCommand(tool: Tool, { value, isCommand, source }: Found, machine: MachineView): Finding[] {
  const program = isCommand ? programOf(value) : undefined
  if (program === undefined || machine.hasProgram(program)) return []
  return [
    {
      id: 'key-command-missing',
      level: 'error',
      tool: tool.id,
      message: `${tool.title} gets its key from the command ${program}, which is not in PATH.`,
      messageZh: `${tool.title} 通过命令 ${program} 获取密钥，但 PATH 中没有该命令。`,
      hint: `npm install --global qcode-setup, or type: npx qcode-setup --tool ${tool.id} --key-store keychain`,
      ...(source.file && { where: { file: source.file.path } }),
    },
  ]
}

/** The name that a command begins with; undefined for a path, a script or what a shell has to work out. */
function programOf(command: string): string | undefined {
  return /^(?:\$\()?([\w.-]+)(?:[ )]|$)/.exec(command)?.[1]
}

/** The same setting with another value; what stands in a different setting is another matter. */
function isOtherKey(other: Found, winner: Found): boolean {
  if (other.isCommand || winner.isCommand) return false
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
