import { canaryKey as key } from './canary-keys.ts'
import { otherLines } from './other-secrets.ts'

/** A home in which the key stands wherever a user may have put it, rightly or not. */
export const plantedHome = {
  'key.txt': `${key}\n`,
  '.bashrc': `export OPENAI_API_KEY=${key}\nexport ANTHROPIC_BASE_URL="https://user:${key}@api.qcode.cc/api?key=${key}"\n${otherLines['.bashrc']}\n`,
  '.profile': `# the key is ${key}\nFOO_TOKEN='${key}'\n${otherLines['.profile']}`,
  '.claude/settings.json': JSON.stringify({
    env: {
      ...otherLines['.claude/settings.json'],
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_BASE_URL: `https://api.qcode.cc/claude/${key}`,
    },
    apiKeyHelper: `echo ${key}`,
    [`permission ${key}`]: [key],
  }),
  '.codex/config.toml': [
    `# ${key}`,
    'model_provider = "mine"',
    '[model_providers.mine]',
    `base_url = "https://eu.qcode.cc/${key}"`,
    `http_headers = { Authorization = "Bearer ${key}", "x-${key}" = "1" }`,
    `[projects."/${key}"]`,
    'trust_level = "trusted"',
    otherLines['.codex/config.toml'],
  ].join('\n'),
  '#600 .codex/.env': `QCODE_API_KEY=${key}\nOTHER="${key}"\n${otherLines['.codex/.env']}`,
  '.aider.conf.yml': `openai-api-key: ${key}\nset-env:\n  - QCODE_API_KEY=${key}\nopenai-api-base: https://us.qcode.cc/${key}\n${otherLines['.aider.conf.yml']}`,
  'project/.env': `QCODE_API_KEY=${key}\nOPENAI_BASE_URL=https://api.qcode.cc/${key}/v1\n${otherLines['project/.env']}`,
  'project/app.py': `client = OpenAI(base_url="https://api.qcode.cc/${key}", api_key="${key}")\n${otherLines['project/app.py']}`,
  'project/package.json': JSON.stringify({ name: key, dependencies: { openai: key } }),
}
