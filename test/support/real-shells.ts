import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sampleKey } from './run-program.ts'

/** What a shell has when openai-sdk and claude-agent-sdk are set up with the key of these tests. */
export const wanted = {
  OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1',
  OPENAI_API_KEY: sampleKey,
  ANTHROPIC_BASE_URL: 'https://api.qcode.cc/api',
  ANTHROPIC_AUTH_TOKEN: sampleKey,
}

/** Those of the wanted variables that a newly started shell has, asked through a program of its own. */
export function readVariables(
  path: string,
  flags: readonly string[],
  home: string,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const text = execFileSync(path, [...flags, 'env'], {
    cwd: home,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = text
    .split('\n')
    .map((line) => [line.split('=')[0] ?? '', line.replace(/^[^=]*=/, '')] as const)
  return Object.fromEntries(lines.filter(([name]) => name in wanted))
}

/** The program of a shell, or undefined where it is not installed. */
export function findShell(name: string): string | undefined {
  return ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
    .map((folder) => join(folder, name))
    .find(existsSync)
}
