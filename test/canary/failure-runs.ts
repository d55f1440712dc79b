import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stateBelowHome } from '../support/home-tree.ts'
import { canaryKey as key } from './canary-keys.ts'
import type { Gateways } from './echoing-gateway.ts'
import type { Files, Place } from './place.ts'
import type { Journey, Step } from './walk.ts'

const fault = 'This is a bug in qcode-setup.'
const crash = fileURLToPath(new URL('crash.cjs', import.meta.url))
const setUpCodex: Step = { args: ['--tool', 'codex,claude-code', '--yes', '--no-check'], exit: 0 }
const everything: readonly (readonly string[])[] = [
  ['--tool', 'all', '--yes', '--no-check', '--diff'],
  ['status'],
  ['doctor', '--no-check'],
  ['lint'],
  ['lint', '--fix', '--yes'],
  ['switch', 'eu', '--yes', '--no-check'],
  ['undo', '--yes'],
  ['remove', '--yes'],
]
const inTextAndJson = (lines: readonly (readonly string[])[]): Step[] =>
  lines.flatMap((args) => [{ args: [...args, '--json'] }, { args }])

/** Files that no client could read, with the key where the parser stumbles. */
const broken: Files = {
  '.codex/config.toml': `model = "x"\n[model_providers.mine]\nkey = ${key} = "\n`,
  '.claude/settings.json': `{"env": {"ANTHROPIC_AUTH_TOKEN": ${key}, }`,
  '.cline/data/settings/providers.json': `{"providers": "${key}`,
  '.aider.conf.yml': `a: b: ${key}\n- ${key}: [\n`,
  '#600 .codex/.env': `QCODE_API_KEY="${key}\n`,
  '.bashrc': `# >>> qcode-setup >>>\nexport OPENAI_API_KEY=${key}\n`,
  '.profile': `export OPENAI_API_KEY='${key}\n`,
}

const stateFile = (name: string) => `#600 ${stateBelowHome}/${name}`
const run = '20260101T000000Z-aaaaaa'

export function failureRuns(gateways: Gateways): Journey[] {
  return [
    ...Object.entries(broken).map(([path, text]) => ({
      name: `${path} does not parse`,
      files: { [path]: text },
      steps: inTextAndJson(everything.filter(([first]) => first !== 'undo')),
    })),
    {
      name: 'drift and conflict',
      steps: [setUpCodex, { ...change, args: ['status'] }, ...inTextAndJson(everything)],
    },
    {
      name: 'a run that was killed',
      steps: [setUpCodex, { ...kill, args: ['status'] }, ...inTextAndJson(everything)],
    },
    ...['ledger.json', `runs/${run}/journal.json`].flatMap((name) =>
      [
        `{"schema": ${key}`,
        JSON.stringify({ schema: 1, run: key, state: key, setups: [key], files: { [key]: key } }),
      ].map((text, index) => ({
        name: `${name} is damaged, ${index}`,
        files: { [stateFile(name)]: text },
        steps: inTextAndJson(everything),
      })),
    ),
    {
      name: 'targets that are no plain files',
      files: { '.codex/.env/x': key, '.claude': key, '.config/qcode-setup/env.sh/y': key },
      steps: inTextAndJson(everything),
    },
    {
      name: 'a repository of git',
      files: { 'project/.gitignore': `# ${key}\n`, 'project/.env': 'A=1\n' },
      steps: [
        { ...commitProject, args: ['status'] },
        ...['openai-sdk', 'claude-code', 'codex', 'all'].flatMap((tool) =>
          ['', '--allow-tracked', '--gitignore']
            .map((more) => ['--tool', tool, '--scope', 'project', '--yes', '--no-check', '--json', more])
            .map((args): Step => ({ args: args.filter((word) => word !== ''), cwd: 'project' })),
        ),
        { args: ['doctor', '--no-check'], cwd: 'project' },
      ],
    },
    {
      name: 'a gateway that does not do its work',
      steps: Object.values(gateways).flatMap((origin) => {
        const wait = ['--gateway', origin, '--timeout', '1']
        return [
          { args: ['check', ...wait, '--live', '--json'] },
          {
            args: ['check', ...wait, '--live'],
            env: { LANG: 'zh_CN.UTF-8', NODE_DEBUG: 'http,net,tls,undici' },
          },
          { args: ['--tool', 'codex', ...wait, '--yes', '--diff'] },
          { args: ['switch', ...wait, '--yes', '--json'] },
          { args: ['doctor', '--timeout', '1'] },
        ]
      }),
    },
    {
      name: "a tool folder of the user's own",
      files: {
        '.config/qcode-setup/tools/one/tool.toml': `schema = 1\nid = "${key}"\ntitle = "${key}"\n`,
        '.config/qcode-setup/tools/two/tool.toml': `schema = ${key}\n`,
      },
      steps: inTextAndJson([
        ...everything,
        ['prove'],
        ['print', 'two'],
        ['--tool', 'two', '--yes'],
        ['--help'],
      ]),
    },
    { name: 'a bug', steps: crashes() },
    {
      name: 'a bug that nobody waits for',
      steps: [{ ...crashAt('later 1', ['demo']), exit: 1, says: fault }],
    },
  ]
}

function crashes(): Step[] {
  const places = [
    ...Array.from({ length: 12 }, (_, index) => `read ${index + 1}`),
    'text 1',
    'text 5',
    'later 1',
    'later 60',
  ]
  return places.flatMap((place) =>
    [['--tool', 'all', '--yes', '--no-check'], ['doctor', '--no-check', '--json'], ['demo']].map((args) =>
      crashAt(place, args),
    ),
  )
}

function crashAt(place: string, args: readonly string[]): Step {
  const options = `--require=${crash} --trace-uncaught`
  return { args, env: { CRASH: place, CRASH_KEY: key, NODE_OPTIONS: options } }
}

/** Somebody else writes other values over ours, the key in them. */
const change = {
  before: ({ home }: Place) => {
    const file = join(home, '.codex/config.toml')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replaceAll(/"http[^"]*"/g, `"https://${key}.invalid/${key}"`),
    )
  },
}

/** As a run leaves things that is killed between two files. */
const kill = {
  before: ({ home }: Place) => {
    const [name = ''] = readdirSync(join(home, stateBelowHome, 'runs'))
    const file = join(home, stateBelowHome, 'runs', name, 'journal.json')
    const journal = JSON.parse(readFileSync(file, 'utf8'))
    const last = journal.files.at(-1)
    renameSync(last.path, last.temporary)
    writeFileSync(file, JSON.stringify({ ...journal, state: 'committing' }))
  },
}

const commitProject = {
  before: ({ home }: Place) => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
        cwd: join(home, 'project'),
        env: { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' },
      })
    git('init', '-q')
    git('add', '-A')
    git('commit', '-q', '-m', 'x')
  },
}
