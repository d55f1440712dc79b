import type { WrongBase } from './runners/client-runner.ts'

/** Whether the gateway's own addresses are this machine: run.mjs sees to that where namespaces are allowed. */
export const hasExactHosts = process.env.QCODE_EXACT_HOSTS === '1'

/** The clients that are run with the gateway's own addresses, by region. */
export const exactRuns = [
  ['global', 'claude-code-2.1.330'],
  ['global', 'codex-0.169.0'],
  ['global', 'cline-3.0.65'],
  ['global', 'openai-js-6.49.0'],
  ['china', 'claude-code-2.1.330'],
  ['china', 'codex-0.169.0'],
] as const

/** Wrong in a way that only the real addresses show; with the OpenAI SDK. */
export const exactWrongs: readonly WrongBase[] = [
  { rule: 'scheme', base: 'http://api.qcode.cc/openai/v1' },
  { rule: 'scheme', base: 'https://103.236.53.153/openai/v1' },
  { rule: 'port', base: 'https://api.qcode.cc:8443/openai/v1' },
  { rule: 'unknown-host', base: 'https://qcode.cc/openai/v1' },
]
