import type { CommandName } from '../../src/request/fields.ts'
import { canaryKey } from './canary-keys.ts'
import type { Gateways } from './echoing-gateway.ts'
import type { Step } from './walk.ts'

const chinese = { LANG: 'zh_CN.UTF-8' }
/** What makes Node and libraries talk. */
const verbose = {
  DEBUG: '*',
  QCODE_DEBUG: '1',
  NODE_DEBUG: '*,http,https,http2,net,tls,undici,fetch,fs,child_process,stream,module,timer',
  NODE_OPTIONS: '--trace-uncaught --trace-warnings --trace-exit --enable-source-maps',
  EXECA_VERBOSE: 'full',
  ALL_PROXY: '',
}

/** The same command line in every mode; as it is comes last, since it may change the home. */
function everyMode(...args: string[]): Step[] {
  return [
    { args: [...args, '--help'] },
    { args: [...args, '--no-such-flag', canaryKey] },
    { args: [...args, `--no-such-flag=${canaryKey}`, '--json'] },
    { args: [...args, canaryKey] },
    ...quickModes(...args),
  ]
}

/** A command that writes can show first what it would write. */
function everyWriteMode(...args: string[]): Step[] {
  return [
    { args: [...args, '--dry-run'] },
    { args: [...args, '--dry-run', '--diff'], env: { ...chinese, FORCE_COLOR: '1' } },
    { args: [...args, '--dry-run', '--diff', '--json'], env: verbose },
    ...everyMode(...args).slice(0, -1),
    { args: [...args, '--diff'] },
  ]
}

function quickModes(...args: string[]): Step[] {
  return [
    { args: [...args, '--json'], env: verbose },
    { args, env: { ...verbose, ...chinese } },
    { args: [...args, '--json'] },
    { args },
  ]
}

const allTools = ['--tool', 'all', '--on-conflict', 'overwrite']

function setUp(gateway: string): Step {
  return { args: [...allTools, '--gateway', gateway, '--yes', '--no-check', '--allow-problems'], exit: 0 }
}

/** For each command the runs of it, in a home that holds the key everywhere, most of them after a setup. */
export const commandRuns: Readonly<Record<CommandName, (gateways: Gateways) => Step[]>> = {
  setup: ({ good, refusing }) => [
    ...everyWriteMode('setup', ...allTools, '--gateway', refusing, '--yes'),
    ...everyWriteMode('setup', ...allTools, '--gateway', good, '--yes'),
    ...everyWriteMode('setup', ...allTools, '--gateway', good, '--yes', '--allow-problems'),
  ],
  print: () => [
    { args: ['print', 'codex', '--with-key', '--format', 'dotenv'], says: canaryKey },
    ...everyMode('print', 'codex'),
    ...quickModes('print', 'openai-sdk', '--format', 'python'),
  ],
  apply: ({ good }) => [
    setUp(good),
    { args: ['export', '--format', 'json'] },
    ...everyWriteMode('apply', 'qcode.toml', '--yes', '--no-check', '--on-conflict', 'overwrite'),
    ...everyWriteMode('apply', 'with-key.toml', '--yes'),
  ],
  export: ({ good }) => [setUp(good), ...everyMode('export'), ...quickModes('export', '--format', 'yaml')],
  invite: () => [...everyMode('invite', 'qcode.toml'), ...quickModes('invite', 'with-key.toml')],
  report: ({ good }) => [setUp(good), ...everyMode('report'), ...quickModes('report', '--salt', 'team')],
  check: ({ good, refusing }) => [
    setUp(good),
    ...everyMode('check'),
    ...quickModes('check', '--gateway', refusing, '--live'),
  ],
  status: ({ good }) => [setUp(good), ...everyMode('status'), ...quickModes('status', '--limits')],
  switch: ({ good, refusing }) => [
    setUp(good),
    ...everyWriteMode('switch', '--gateway', refusing, '--yes'),
    ...everyWriteMode('switch', 'eu', '--no-check', '--yes'),
  ],
  undo: ({ good }) => [setUp(good), ...everyWriteMode('undo', '--yes')],
  key: ({ good }) => [
    ...['set', 'get', 'forget', 'rotate'].flatMap((verb) => everyMode('key', verb)),
    setUp(good),
    ...everyWriteMode('key', 'rotate', 'codex', '--no-check', '--yes'),
    ...everyWriteMode('key', 'set', '--name', 'work', '--gateway', good, '--yes'),
    ...quickModes('run', 'codex', '--name', 'work', '--print'),
    ...quickModes('switch', 'work', '--no-check', '--yes', '--diff'),
    ...quickModes('status'),
    ...everyWriteMode('key', 'rotate', '--name', 'work', '--no-check', '--yes'),
    ...quickModes('remove', '--name', 'work', '--yes', '--diff'),
  ],
  remove: ({ good }) => [setUp(good), ...everyWriteMode('remove', '--yes', '--on-conflict', 'overwrite')],
  lint: ({ good }) => [
    ...everyMode('lint'),
    ...quickModes('lint', '--project', '--format', 'sarif'),
    ...quickModes('lint', '--project', '--format', 'github'),
    ...everyWriteMode('lint', '--fix', '--yes'),
    setUp(good),
    ...quickModes('lint', 'project', '.bashrc', '.codex'),
  ],
  prove: () => everyMode('prove'),
  doctor: ({ refusing }) => [...everyMode('doctor', '--no-check'), setUp(refusing), ...quickModes('doctor')],
  demo: () => everyMode('demo'),
  run: ({ good }) => [
    ...everyMode('run', 'codex', '--print'),
    ...quickModes('run', 'claude-code', '--print'),
    ...quickModes('run', 'openai-sdk', '--', 'true'),
    setUp(good),
    ...quickModes('run', 'aider', '--print'),
  ],
  models: ({ good, models, refusing }) => [
    ...everyMode('models', '--gateway', good),
    ...quickModes('models', '--gateway', models),
    ...quickModes('models', '--gateway', refusing),
  ],
  tools: () => everyMode('tools'),
  // What is typed may hold the key: it is on standard input, as in every run.
  completion: () => [
    ...quickModes('completion', 'zsh'),
    ...everyMode('completion', 'suggest', 'bash'),
    ...everyWriteMode('completion', 'install', 'zsh', '--yes'),
    ...everyWriteMode('completion', 'uninstall', '--yes'),
  ],
}
