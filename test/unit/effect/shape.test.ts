import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/documents/document.ts'
import { loadFormats } from '../../../src/documents/formats.ts'
import { judgeSchema } from '../../../src/effect/judge-schema.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { examine, makeSituation } from '../doctor/doctor-home.ts'

const formats = await loadFormats(['toml', 'json'])

/** The names at which a tool's client would refuse a file; a missing field is named below its table. */
function faults(tool: string, data: Value): string[] {
  const shapes = testCatalog.tools.find(({ id }) => id === tool)?.schemas ?? []
  return shapes
    .flatMap((shape) => judgeSchema(data, shape))
    .map(({ keyPath, missing }) => [...keyPath, ...(missing === undefined ? [] : [missing])].join('.'))
}

const hook = (entry: unknown) => ({ hooks: { PreToolUse: entry } })
const command = { type: 'command', command: 'x' }

describe('what Claude Code 2.1.330 was seen to refuse in settings.json', () => {
  it.each<[object, string]>([
    [{ permissions: { defaultMode: 'yolo' } }, 'permissions.defaultMode'],
    [{ permissions: { allow: 'Bash' } }, 'permissions.allow'],
    [{ permissions: { deny: null } }, 'permissions.deny'],
    [{ permissions: { additionalDirectories: [1] } }, 'permissions.additionalDirectories.0'],
    [{ permissions: { disableBypassPermissionsMode: true } }, 'permissions.disableBypassPermissionsMode'],
    [{ cleanupPeriodDays: '7' }, 'cleanupPeriodDays'],
    [{ cleanupPeriodDays: 1.5 }, 'cleanupPeriodDays'],
    [{ model: 3 }, 'model'],
    [{ model: null }, 'model'],
    [{ apiKeyHelper: null }, 'apiKeyHelper'],
    [{ env: [] }, 'env'],
    [{ env: null }, 'env'],
    [{ outputStyle: 1 }, 'outputStyle'],
    [{ includeCoAuthoredBy: 'no' }, 'includeCoAuthoredBy'],
    [{ alwaysThinkingEnabled: 'yes' }, 'alwaysThinkingEnabled'],
    [{ statusLine: { command: 'x' } }, 'statusLine.type'],
    [{ statusLine: { type: 'command' } }, 'statusLine.command'],
    [{ statusLine: 'x' }, 'statusLine'],
    [{ enabledPlugins: { 'a@b': 1 } }, 'enabledPlugins.a@b'],
    [{ enabledMcpjsonServers: [1] }, 'enabledMcpjsonServers.0'],
    [{ sandbox: { enabled: 'x' } }, 'sandbox.enabled'],
    [{ attribution: { commit: 1 } }, 'attribution.commit'],
    [{ attribution: null }, 'attribution'],
    [{ autoUpdatesChannel: 'zz' }, 'autoUpdatesChannel'],
    [hook({ Bash: 'echo' }), 'hooks.PreToolUse'],
    [hook(['echo']), 'hooks.PreToolUse.0'],
    [hook([{ matcher: 'Bash', command: 'x' }]), 'hooks.PreToolUse.0.hooks'],
    [hook([{ matcher: { tools: ['Bash'] }, hooks: [] }]), 'hooks.PreToolUse.0.matcher'],
    [hook([{ hooks: [{ command: 'x' }] }]), 'hooks.PreToolUse.0.hooks.0.type'],
    [hook([{ hooks: [{ type: 'command' }] }]), 'hooks.PreToolUse.0.hooks.0.command'],
    [hook([{ hooks: [{ ...command, timeout: '5' }] }]), 'hooks.PreToolUse.0.hooks.0.timeout'],
  ])('%j: at %s', (settings, place) => {
    expect(faults('claude-code', settings as Value)).toEqual([place])
  })

  it.each([
    { zzz: 1, permissions: { zzz: 1 } },
    { env: { A: 1, B: true, C: null, D: [] } },
    { permissions: { allow: [1, '((bad'] } },
    { hooks: { Zzz: 'x' } },
    { hooks: [] },
    { hooks: { Stop: [{ type: 'command', command: 'x' }] } },
    hook([{ matcher: 'Bash', hooks: [command, { type: 'prompt', prompt: 'x' }] }]),
    { apiKeyHelper: '', effortLevel: 'zz', teammateMode: 'zz', forceLoginMethod: 'zz' },
    { allowedMcpServers: 'x', enabledMcpjsonServers: 'x', extraKnownMarketplaces: { a: 'x' } },
    { attribution: false, enabledPlugins: { 'a@b': true } },
    { permissions: { defaultMode: 'plan', allow: [], deny: [], ask: [] }, cleanupPeriodDays: 30 },
  ])('nothing in %j, which it accepts', (settings) => {
    expect(faults('claude-code', settings as Value)).toEqual([])
  })
})

describe('what Codex 0.169 was seen not to start with', () => {
  it.each([
    ['[model_providers.mine]\nbase_url = "http://x"', 'model_providers.mine.name'],
    ['[model_providers.mine]\nname = ""', 'model_providers.mine.name'],
    [
      '[model_providers.mine]\nname = "M"\nrequest_max_retries = "4"',
      'model_providers.mine.request_max_retries',
    ],
    ['[model_providers.mine]\nname = "M"\nhttp_headers = { a = 1 }', 'model_providers.mine.http_headers.a'],
    ['[model_providers.mine]\nname = "M"\nenv_key = 1', 'model_providers.mine.env_key'],
    ['[model_providers.mine]\nname = "M"\nwire_api = "zz"', 'model_providers.mine.wire_api'],
    ['model_providers = 1', 'model_providers'],
    ['model = 1', 'model'],
    ['approval_policy = "zz"', 'approval_policy'],
    ['sandbox_mode = "zz"', 'sandbox_mode'],
    ['notify = "x"', 'notify'],
    ['model_context_window = "x"', 'model_context_window'],
    ['[mcp_servers.a]\nx = 1', 'mcp_servers.a'],
    ['[mcp_servers.a]\ncommand = "x"\nargs = "y"', 'mcp_servers.a.args'],
    ['[projects."/x.y"]\ntrust_level = "zz"', 'projects./x.y.trust_level'],
    ['[features]\nzz = "x"', 'features.zz'],
    ['[profiles.a]\nmodel = 1', 'profiles.a.model'],
  ])('%s: at %s', (text, place) => {
    expect(faults('codex', formats.get('toml')?.parseStrict(text) ?? {})).toEqual([place])
  })

  it.each([
    'zzz = 1\nmodel_reasoning_effort = "zz"\nnotify = ["x"]\nmodel_context_window = -1',
    '[model_providers.mine]\nname = "M"\nzz = 1',
    '[model_providers.amazon-bedrock]\n[model_providers.amazon-bedrock.aws]\nprofile = "x"',
    'approval_policy = { granular = { mcp_elicitations = true } }',
    '[mcp_servers.a]\nurl = "http://x"\n[features]\nzz = true',
  ])('nothing in %s, which it accepts', (text) => {
    expect(faults('codex', formats.get('toml')?.parseStrict(text) ?? {})).toEqual([])
  })
})

const entry = { settings: { provider: 'a' }, updatedAt: '2026-01-02T03:04:05.000Z' }
const providers = (more: object, of: object = {}) => ({
  version: 1,
  providers: { a: { ...entry, ...more } },
  ...of,
})

describe('what makes Cline 3.0.65 forget providers.json', () => {
  it.each<[object, string]>([
    [{ providers: {} }, 'version'],
    [{ version: 1 }, 'providers'],
    [providers({}, { version: 2 }), 'version'],
    [providers({ updatedAt: undefined }), 'providers.a.updatedAt'],
    [providers({ updatedAt: '2026-01-02T03:04:05+08:00' }), 'providers.a.updatedAt'],
    [providers({ settings: {} }), 'providers.a.settings.provider'],
    [providers({ settings: { provider: 'a', baseUrl: 'host/api' } }), 'providers.a.settings.baseUrl'],
    [providers({ settings: { provider: 'a', apiKey: null } }), 'providers.a.settings.apiKey'],
    [providers({ settings: { provider: 'a', headers: 'x' } }), 'providers.a.settings.headers'],
    [providers({ settings: { provider: 'a', headers: { b: 1 } } }), 'providers.a.settings.headers.b'],
    [providers({ settings: { provider: 'a', reasoning: 'x' } }), 'providers.a.settings.reasoning'],
  ])('%j: at %s', (file, place) => {
    expect(faults('cline', JSON.parse(JSON.stringify(file)))).toEqual([place])
  })

  it('nothing in an entry with settings of Cline’s own', () => {
    const settings = { provider: 'a', reasoning: { enabled: true }, headers: { b: 'c' }, zz: 1 }
    expect(faults('cline', providers({ settings }))).toEqual([])
  })
})

describe('doctor on a file that its client refuses', () => {
  it('names each wrong setting with its line, and what mends it', async () => {
    const text =
      '{\n  "env": {},\n  "permissions": {\n    "allow": "Bash",\n    "defaultMode": "yolo"\n  }\n}\n'
    const { home, findings, exit } = await examine(
      makeSituation({ files: { '.claude/settings.json': text } }),
    )
    const file = `${home}/.claude/settings.json`
    const seen = findings.filter(({ id }) => id === 'wrong-shape')
    expect(seen.map(({ level, where }) => [level, where])).toEqual([
      ['error', { file, line: 4 }],
      ['error', { file, line: 5 }],
    ])
    expect(seen.map(({ hint }) => hint)).toEqual([
      `Correct permissions.allow in ${file}:4, or remove it.`,
      `Correct permissions.defaultMode in ${file}:5, or remove it.`,
    ])
    expect(exit).toBe(3)
  })

  it('given a client newer than those measured, an unknown value is a warning and no error', async () => {
    const files = { '.claude/settings.json': '{"permissions":{"defaultMode":"new"}}' }
    const programs = { claude: { package: '@anthropic-ai/claude-code', version: '2.9.0' } }
    const { findings } = await examine(makeSituation({ files, programs }))
    expect(findings).toContainEqual(expect.objectContaining({ id: 'wrong-shape', level: 'warning' }))
  })

  it('points at the table of a provider without a name', async () => {
    const text = 'model = "gpt-5.5"\n\n[model_providers.mine]\nbase_url = "http://127.0.0.1:1/v1"\n'
    const { home, findings } = await examine(makeSituation({ files: { '.codex/config.toml': text } }))
    const [finding] = findings.filter(({ id }) => id === 'wrong-shape')
    expect(finding?.where?.file).toBe(`${home}/.codex/config.toml`)
    expect(String(finding?.hint)).toContain('Add name to model_providers.mine')
  })
})
