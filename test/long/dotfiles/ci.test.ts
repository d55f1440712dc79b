import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { type StandIn, startStandIn } from '../../../src/gateway/stand-in.ts'
import { makeHome, noKeychain, programPath, projectPath, sampleKey } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const page = readFileSync(join(projectPath, 'docs/dotfiles.md'), 'utf8')

/** The block of this kind below a heading of the page. */
function block(heading: string, kind: string): string {
  const section = page.split(`\n### ${heading}\n`)[1]?.split('\n## ')[0]?.split('\n### ')[0] ?? ''
  const [, text] = new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(section) ?? []
  if (text === undefined) throw new Error(`docs/dotfiles.md has no ${kind} below ${heading}`)
  return text
}

let gateway: StandIn
beforeAll(async () => {
  gateway = await startStandIn(testCatalog.gateway, sampleKey)
})
afterAll(() => gateway.close())

interface Job {
  /** Lines of a shell, each set as the CI runs it. */
  readonly steps: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** What GitHub does with the page's workflow: a secret is filled in, each step is a script of its own. */
function gitHubJob(): Job {
  const workflow = parse(block('GitHub Actions', 'yaml'))
  expect(workflow.permissions).toEqual({ contents: 'read' })
  const { env, steps } = workflow.jobs.qcode
  const secret = (text: string) => text.replace(/^\$\{\{ secrets\.QCODE_API_KEY \}\}$/, sampleKey)
  return {
    steps: steps.flatMap(({ run }: { run?: string }) => run ?? []),
    env: Object.fromEntries(Object.entries<string>(env).map(([name, text]) => [name, secret(text)])),
  }
}

/** What GitLab does: the variable is the project's, and the lines are one script. */
function gitLabJob(): Job {
  const { qcode } = parse(block('GitLab CI', 'yaml'))
  return { steps: [qcode.script.join('\n')], env: { QCODE_API_KEY: sampleKey } }
}

interface Ran {
  readonly exit: number | undefined
  readonly said: string
}

/** Runs the job in a clone with these files until a step fails, on a computer on which nothing is set up. */
async function runJob({ steps, env }: Job, files: Readonly<Record<string, string>>): Promise<Ran> {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  const clone = join(dirname(home), 'clone')
  const setupFile = `gateway = "${gateway.origin}"\nkey = "env:QCODE_API_KEY"\ntools = ["claude-code", "codex"]\n`
  for (const [path, text] of Object.entries({ 'qcode.toml': setupFile, ...files })) {
    mkdirSync(dirname(join(clone, path)), { recursive: true })
    writeFileSync(join(clone, path), text)
  }
  const npx = join(dirname(home), 'commands/npx')
  const script = `#!/bin/sh\n[ "$1 $2" = '--yes qcode-setup' ] || exit 64\nshift 2\nexec ${process.execPath} ${programPath} "$@"\n`
  writeFileSync(npx, script)
  chmodSync(npx, 0o755)
  const surroundings = {
    HOME: home,
    PATH: `${dirname(npx)}:/usr/bin:/bin`,
    SHELL: '/bin/bash',
    CI: 'true',
    ...noKeychain,
    ...env,
  }
  let said = ''
  for (const step of steps) {
    const options = { cwd: clone, env: surroundings, extendEnv: false, reject: false, all: true } as const
    const { exitCode, all } = await execa('bash', ['-e', '-c', step], options)
    said += `${all}\n`
    if (exitCode !== 0) return { exit: exitCode, said }
  }
  return { exit: 0, said }
}

describe.each([
  ['GitHub Actions', gitHubJob],
  ['GitLab CI', gitLabJob],
])('the job for %s, as the page has it', (name, read) => {
  const job = read()

  it('passes where the repository, the key and the gateway are right, and shows no key', async () => {
    expect(job.steps.join('\n')).toContain('apply qcode.toml --check')
    const { exit, said } = await runJob(job, { '.env': 'OPENAI_BASE_URL=https://api.qcode.cc/openai/v1\n' })
    expect(exit, said).toBe(0)
    expect(said).not.toContain(sampleKey)
  })

  it.each<
    [
      what: string,
      exit: number,
      said: string | RegExp,
      files: Record<string, string>,
      env?: Record<string, string>,
    ]
  >([
    [
      'a base URL in the repository is wrong',
      3,
      name === 'GitLab CI' ? '.env:1' : /^::error .*file=\.env,line=1/m,
      { '.env': 'OPENAI_BASE_URL=https://api.qcode.cc/v1\n' },
    ],
    [
      'the setup file names no tool that there is',
      2,
      'qcode.toml:1:10',
      { 'qcode.toml': 'tools = ["codx"]\n' },
    ],
    ['there is no key', 2, 'QCODE_API_KEY', {}, { QCODE_API_KEY: '' }],
    ['the gateway does not know the key', 4, '401', {}, { QCODE_API_KEY: `cr_${'0'.repeat(64)}` }],
  ])('stops where %s', async (_, exit, said, files, env = {}) => {
    const ran = await runJob({ ...job, env: { ...job.env, ...env } }, files)
    expect(ran.exit, ran.said).toBe(exit)
    expect(ran.said).toMatch(said)
  })
})

describe('the image, as the page has it', async () => {
  const layers =
    'mount -t tmpfs layers "$0" && mkdir "$0"/upper "$0"/work "$0"/root && mkdir -m 1777 "$0"/tmp'
  const root = 'mount -t overlay overlay -o lowerdir=/,upperdir="$0"/upper,workdir="$0"/work "$0"/root'
  const { home, drop } = makeHome()
  const { failed } = await execa('unshare', ['--mount', 'sh', '-c', `${layers} && ${root}`, home], {
    reject: false,
  })
  drop()
  if (failed)
    console.warn('No root of a container can be made here, so the lines of the Dockerfile are not run')

  /** The lines of a Dockerfile that a shell can run, as the build does, each as its user; a secret is there for its line only. */
  function buildLines(dockerfile: string, packed: string): string[] {
    const lines = dockerfile.replaceAll('\\\n', '').trim().split('\n')
    let [user, folder] = ['root', '/']
    return lines.flatMap((line) => {
      const [, word = '', rest = ''] = /^(\w+) +(.*)$/.exec(line) ?? []
      if (word === 'FROM') return []
      if (word === 'USER') user = rest
      else if (word === 'WORKDIR') folder = rest
      else if (word === 'COPY') {
        const [, owner, from, to] = /^--chown=(\w+) (\S+) (\S+)$/.exec(rest) ?? []
        return [`cp /context/${from} ${folder}/${to} && chown -R ${owner} ${folder}/${to}${from}`]
      } else if (word === 'RUN') {
        const [, secret = '', id = '', run = ''] =
          /^(--mount=type=secret,id=(\w+),uid=1000 +)?(.*)$/.exec(rest) ?? []
        const command = run.replace('--global qcode-setup', `--global ${packed}`)
        const before = secret
          ? `mount -t tmpfs secrets /run && mkdir /run/secrets && cp /context/key /run/secrets/${id} && chown 1000 /run/secrets/${id} && chmod 400 /run/secrets/${id} && `
          : ''
        const as =
          user === 'root'
            ? 'sh -c'
            : 'setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/node sh -c'
        return [
          `${before}cd ${folder} && ${as} '${command}'${secret && '; code=$?; umount /run; (exit $code)'}`,
        ]
      } else throw new Error(`The test knows no ${word}`)
      return []
    })
  }

  async function build(key: string): Promise<Ran & { readonly layer: string }> {
    const { home, drop } = makeHome()
    onTestFinished(drop)
    const context = join(dirname(home), 'context')
    mkdirSync(context)
    const { stdout } = await execa(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', context],
      { cwd: projectPath },
    )
    const packed = `/context/${JSON.parse(stdout)[0].filename}`
    writeFileSync(
      join(context, 'qcode.json'),
      JSON.stringify({ gateway: gateway.origin, key_store: 'env', tools: ['claude-code'] }),
    )
    writeFileSync(join(context, 'key'), `${key}\n`)
    const user =
      'grep -q ^node: /etc/passwd || echo node:x:1000:1000::/home/node:/bin/sh >>/etc/passwd; mkdir -p /home/node; chown 1000:1000 /home/node'
    const lines = [user, ...buildLines(block('Images', 'dockerfile'), packed)]
    writeFileSync(join(context, 'build.sh'), `${lines.map((line) => `${line} || exit $?`).join('\n')}\n`)
    const layer = join(dirname(home), 'layer')
    const inside = [
      `${layers} && ${root} && mkdir "$0"/root/context && mount --bind ${context} "$0"/root/context`,
      'mount --rbind /dev "$0"/root/dev && mount -t proc proc "$0"/root/proc && mount --bind "$0"/tmp "$0"/root/tmp',
      `{ chroot "$0"/root sh /context/build.sh; code=$?; cp -a "$0"/upper ${layer}; cp -a "$0"/tmp ${layer}/left; exit $code; }`,
    ].join(' && ')
    const env = {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      npm_config_prefix: '/usr/local',
      ...noKeychain,
    }
    const options = { env, extendEnv: false, reject: false, all: true } as const
    const { exitCode, all } = await execa('unshare', ['--mount', 'sh', '-c', inside, home], options)
    return { exit: exitCode, said: all, layer }
  }

  it.skipIf(failed)('is built, asks the gateway with the secret, and no layer has the key', async () => {
    const { exit, said, layer } = await build(sampleKey)
    expect(exit, said).toBe(0)
    expect(readFileSync(join(layer, 'home/node/.claude/settings.json'), 'utf8')).toContain(gateway.origin)
    expect(gateway.requests.length).toBeGreaterThan(0)
    const found = await execa('grep', ['-rl', sampleKey, layer], { reject: false })
    expect(found).toMatchObject({ exitCode: 1, stdout: '' })
    expect(said).not.toContain(sampleKey)
  })

  it.skipIf(failed)('is not built where the gateway does not know the key', async () => {
    const { exit, said } = await build(`cr_${'0'.repeat(64)}`)
    expect(exit, said).toBe(4)
  })
})
