import { clineProviders, clineProvidersFile } from '../../support/cline-providers.ts'
import type { Situation } from '../doctor/doctor-home.ts'
import { gatewayKey } from '../doctor/trap-table.ts'

export const gatewayUrl = 'https://api.qcode.cc/api'
export const claudeSettings = '.claude/settings.json'

/** Settings of Claude Code as a text, with these variables. */
export const claudeText = (env: object, more: object = {}) => JSON.stringify({ env, ...more }, null, 2)

/** A home in which Claude Code is set up with the gateway, with these variables and more in its settings. */
export const claudeHome = (env: object, more: object = {}): Situation => ({
  files: {
    [claudeSettings]: claudeText(
      { ANTHROPIC_BASE_URL: gatewayUrl, ANTHROPIC_AUTH_TOKEN: gatewayKey, ...env },
      more,
    ),
  },
})

/** The same for Codex, with these lines before its provider. */
export const codexHome = (lines: string, key = gatewayKey): Situation => ({
  files: {
    '.codex/config.toml': `${lines}model_provider = "qcode"\n\n[model_providers.qcode]\nname = "Q"\nbase_url = "https://api.qcode.cc/openai"\nwire_api = "responses"\nenv_key = "QCODE_API_KEY"\n`,
    '.codex/.env': `QCODE_API_KEY=${key}\n`,
  },
})

/** The same for Cline 3, with more in its settings, beside them, and at the root of the file. */
export const clineHome = (more: object, entry: object = {}, root: object = {}): Situation => ({
  files: {
    [clineProvidersFile]: JSON.stringify(
      clineProviders({ apiKey: gatewayKey, baseUrl: `${gatewayUrl}/v1`, ...more }, entry, root),
    ),
  },
})

/** The same for Aider, with these lines in its configuration. */
export const aiderHome = (lines: string): Situation => ({
  programs: { aider: undefined },
  files: {
    '.aider.conf.yml': `env-file: HOME/aider.env\n${lines}`,
    'aider.env': `ANTHROPIC_API_BASE=${gatewayUrl}\nANTHROPIC_API_KEY=${gatewayKey}\n`,
  },
})
