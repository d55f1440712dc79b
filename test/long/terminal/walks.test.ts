import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { env as environment } from 'node:process'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import type { Texts } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { type FakeRegions, startRegions } from '../../support/fake-regions.ts'
import { answering, type Faulty, faults, startFaulty } from '../../support/faulty-gateway.ts'
import { halfWidthMarks, latinSentences } from '../../support/latin-sentences.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../../support/terminal.ts'
import { createHome, tellingPart } from '../../support/terminal-home.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

// UPDATE_SCREENS=1 writes the screens anew: read them, they are what users see.
const folder = join(projectFolder, 'test/long/terminal/screens')

const { enter, down, escape: back } = keys
const refusedKey = `cr_${'fedcba9876543210'.repeat(4)}`

/** Replies wait for this, so that a spinner can be waited for first. */
let gate = Promise.resolve()

const models = '{"data":[{"id":"gpt-9"},{"id":"claude-9"}]}'

const gateway: RequestListener = async (request, reply) => {
  await gate
  const key = `${request.headers.authorization ?? ''}${request.headers['x-api-key'] ?? ''}`
  if (key.includes(refusedKey)) return answering(401, { error: 'Invalid API key' })(request, reply)
  if (request.method === 'GET' && key !== '') return reply.end(models)
  if (/^\/(?:api|openai)\/(?:v1\/)?(?:messages|responses|chat)/.test(request.url ?? '')) {
    return faults.none(request, reply)
  }
  faults.noRoute(request, reply)
}

let regions: FakeRegions
/** A network from which one of them can be reached. */
let blocked: FakeRegions
/** Somebody's own relay, which has none of the routes. */
let elsewhere: Faulty
beforeAll(async () => {
  elsewhere = await startFaulty(faults.noRoute)
  blocked = await startRegions({ eu: gateway })
  regions = await startRegions(Object.fromEntries(testCatalog.gateway.regions.map(({ id }) => [id, gateway])))
})
afterAll(async () => {
  await regions.close()
  await blocked.close()
  await elsewhere.close()
})

/** Somebody in front of a terminal of some size, in a language. */
class Walk {
  readonly home: string
  readonly texts: Texts
  private readonly size: { readonly columns: number; readonly lines: number }
  private readonly language: string
  private readonly screens: string[] = []
  private readonly file: string
  /** What was kept of the screens, in their order; none where they are written anew. */
  private readonly kept: readonly string[]
  run!: TerminalRun
  private args: readonly string[] = []

  constructor(
    persona: string,
    texts: Texts,
    size: { readonly columns: number; readonly lines: number },
    files: Readonly<Record<string, string>>,
  ) {
    this.texts = texts
    this.size = size
    this.language = texts === zhCN ? 'zh_CN.UTF-8' : 'en_US.UTF-8'
    const name = `${persona.replaceAll(' ', '-')}.${texts.language}.${size.columns}x${size.lines}.txt`
    this.file = join(folder, name)
    this.kept = environment.UPDATE_SCREENS ? [] : readFileSync(this.file, 'utf8').split(/^(?=── )/m)
    this.home = createHome(files)
    for (const path of Object.keys(files)) {
      if (path.startsWith('bin/')) chmodSync(join(this.home, path), 0o755)
    }
  }

  /** What is typed at the prompt of the shell. */
  type(args: readonly string[], options: Partial<TerminalOptions> = {}): void {
    const PATH = `${this.home}/bin:/usr/bin:/bin`
    const env = { ...regions.env, LANG: this.language, PATH, ...options.env }
    this.args = args
    this.run = startTerminal({ ...options, home: this.home, args, ...this.size, env })
  }

  /** Waits until what was kept of this screen stands in the window, since a terminal gets a screen in pieces; then looks at it. */
  async look(title: string): Promise<void> {
    const kept = this.kept[this.screens.length]
    const shown = () => this.screenOf(title)
    if (kept !== undefined && shown() !== kept) {
      let isReached = false
      // Otherwise all that is said is that it took too long.
      onTestFailed(() => {
        if (!isReached) expect(shown()).toBe(kept)
      })
      await this.run.until(() => shown() === kept)
      isReached = true
    }
    this.screens.push(shown())
    expect(this.run.sent()).not.toMatch(tellingPart)
    // A control that is written out is one that we wrote ourselves.
    expect(this.run.screen()).not.toContain('\\x1b')
    expect(this.run.sent()).not.toContain(refusedKey.slice(0, 10))
    expect(this.run.sent()).not.toContain(refusedKey.slice(-10))
    const rows = this.run.rows().map((row) => row.map(({ text }) => text).join(''))
    expect(rows.filter((row) => /^\s*[，。、；：？！）》」』】〉〕]/.test(row))).toEqual([])
    if (this.texts !== zhCN) return
    // The letter to a colleague is in both languages.
    if (this.args[0] === 'invite') return
    const joined = this.run.screen().replace(/\\\n\s*/g, '')
    expect([...latinSentences(this.args, joined), ...halfWidthMarks(this.args, joined)]).toEqual([])
  }

  private screenOf(title: string): string {
    const window = this.run.window()
    const lines = [
      `── ${title} ──`,
      steady(`$ ${['qcode-setup', ...this.args].join(' ')}`, this.home),
      // Columns of times are as wide as these are long.
      steady(this.args.includes('--all') ? window.replace(/(\S) {2,}(?=\S)/g, '$1  ') : window, this.home),
    ]
    return `${lines.join('\n')}\n`
  }

  async ask(question: string, title: string): Promise<void> {
    await this.run.question(question)
    await this.drawn()
    await this.look(title)
  }

  /** The last line of a list says which keys it takes; a key is asked for in one line. */
  async drawn(): Promise<void> {
    const { texts } = this
    const ends = (['list', 'ticks'] as const).map((id) => squeezed(texts[`ask.keys.${id}`]))
    const questions = ['ask.key', 'ask.key.new', 'ask.use-anyway'] as const
    const typedEnds = questions.flatMap((id) =>
      ['', '(Y/n)', '(y/N)'].flatMap((letters) => {
        // A question came before each of these, so that this line belongs to it.
        return [squeezed(texts[id] + letters + texts['ask.keys.back'])]
      }),
    )
    const isDrawn = (window: string) => {
      const end = squeezed(window.slice(window.lastIndexOf('\n? ')))
      const isList = ends.some((keys) => end.includes(keys))
      const canGoBack = !isList || !end.includes('Esc') || end.endsWith(squeezed(texts['ask.keys.back']))
      return (isList && canGoBack) || typedEnds.some((typed) => end.endsWith(typed))
    }
    await this.run.until(isDrawn)
  }

  /** Presses keys that make the program wait for the gateway: it says so before anything is answered. */
  async wait(...pressed: string[]): Promise<void> {
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    try {
      this.run.press(...pressed)
      await this.run.until((window) => window.includes(this.texts['check.progress']))
    } finally {
      open()
    }
    await this.run.until((window) => !window.includes(this.texts['check.progress']))
  }

  async end(title: string, exit = 0): Promise<void> {
    expect(await this.run.exit, this.run.screen()).toBe(exit)
    await this.look(title)
  }

  /** No screen that was kept is left. */
  close(): void {
    const text = this.screens.join('')
    if (environment.UPDATE_SCREENS) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(this.file, text)
    }
    expect(text).toBe(readFileSync(this.file, 'utf8'))
  }
}

/** The text without what tells where a line was broken. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, '')
}

/** The same each time: how long something took, what turns meanwhile, ports, and the names of runs. */
function steady(text: string, home: string): string {
  return (
    text
      .replaceAll(home, '/home/you')
      .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋')
      .replace(/(?<=127\.0\.0\.1:)\d+/g, '12345')
      .replace(/\d+(?=\s*ms)/g, '12')
      // It goes on in another line sooner or later.
      .replace(/^(Timing:|耗时：).*(\n {2}\S.*)*/gm, '$1 …')
      // What stood there before was longer, where it took so long that it was shown.
      .replace(/ +$/gm, '')
      .replace(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, '20260102T030405Z-000001')
  )
}

const client = '#!/bin/sh\necho 2.1.0\n'
const installed = { 'bin/claude': client, 'bin/codex': client }

/** What the installed tools can be asked about besides, in the order of the questions. */
function optionsOf({ language }: Texts): { tool: string; what: string }[] {
  return testCatalog.tools
    .filter(({ id }) => ['claude-code', 'codex'].includes(id))
    .flatMap(({ title, options }) =>
      options
        .filter(({ offerWithModels, offerIn }) => offerWithModels || offerIn.includes('eu'))
        .map(({ text, textZh }) => ({ tool: title, what: language === 'zh-CN' ? (textZh ?? text) : text })),
    )
}

/** Every region in the list has its time. */
function isMeasured(window: string): boolean {
  const shown = testCatalog.gateway.regions.filter(
    ({ title, titleZh }) => window.includes(title) || window.includes(titleZh ?? title),
  )
  const times = window.match(/\d\s*ms/g) ?? []
  return times.length >= shown.length && shown.length > 1
}

type Persona = (walk: Walk) => Promise<void>

const personas: Readonly<Record<string, { files: Record<string, string>; walk: Persona }>> = {
  newcomer: {
    files: installed,
    walk: async (walk) => {
      const { texts } = walk
      walk.type([])
      await walk.ask(texts['ask.tools'], 'the opening screen')
      walk.run.press(enter)
      await walk.run.question(texts['ask.region'])
      await walk.run.until(isMeasured)
      await walk.look('the regions')
      walk.run.press(down, down, enter)
      await walk.ask(texts['ask.key'], 'the key')
      await walk.wait(`export KEY=${refusedKey}`, enter)
      await walk.run.waitFor(texts['gateway.key-refused'])
      await walk.ask(texts['ask.key'], 'a refused key is asked for again')
      await walk.wait(testKey, enter)
      await walk.ask(texts['ask.models'], 'the models')
      walk.run.press(enter)
      for (const { tool, what } of optionsOf(texts)) {
        await walk.ask(texts['ask.option']({ tool, what }), 'what a tool offers besides')
        walk.run.press(enter)
      }
      await walk.ask(texts['ask.confirm'], 'before the decision')
      await walk.wait(enter)
      await walk.end('the last screen')
    },
  },
  'senior engineer': {
    files: {
      'bin/codex': client,
      'bin/aider': client,
      '.aider.conf.yml': '# my dotfiles\nenv-file: mine.env # keep\n',
      '.codex/config.toml': '# my dotfiles\nmodel_provider = "openai" # for now\n\n[tui]\ntheme = "dark"\n',
    },
    walk: async (walk) => {
      const { texts } = walk
      execFileSync('git', ['init', '-q'], { cwd: walk.home })
      const args = ['--tool', 'aider,codex', '--region', 'eu', '--no-check']
      walk.type(args, { env: { QCODE_API_KEY: testKey, PAGER: 'less -R' } })
      await walk.ask(texts['ask.conflict'], 'a value of their own')
      walk.run.press(enter)
      await walk.ask(texts['ask.git'], 'Git would take the key')
      walk.run.press(back)
      await walk.run.until((window) => !window.includes(texts['ask.git.anyway']))
      await walk.run.until((window) => window.includes(texts['ask.conflict.skip']))
      await walk.drawn()
      await walk.look('one question back')
      walk.run.press(enter)
      await walk.run.until((window) => window.includes(texts['ask.git.anyway']))
      walk.run.press(enter)
      await walk.ask(texts['ask.confirm'], 'before the decision')
      walk.run.press(down, enter)
      // What fits the screen, `less` may show and end.
      const isPaged = (window: string) => /:$|\(END\)$/.test(window)
      const isAsked = (window: string) =>
        /^\+\/\.codex/m.test(window) && window.includes(texts['ask.keys.list'])
      await walk.run.until((window) => isPaged(window) || isAsked(window))
      await walk.look('the changes in $PAGER')
      if (isPaged(walk.run.window())) walk.run.press('q')
      await walk.run.until((window) => window.includes(texts['ask.confirm.apply']))
      walk.run.press(enter)
      await walk.end('the last screen')
    },
  },
  'team lead': {
    files: {
      'key.txt': testKey,
      'qcode.toml': 'key = "file:key.txt"\nregion = "eu"\ntools = ["claude-code", "codex"]\n',
    },
    walk: async (walk) => {
      const { texts } = walk
      walk.type(['apply', 'qcode.toml', '--dry-run', '--no-check'])
      await walk.end('what the file of the team would change')
      walk.type(['apply', 'qcode.toml', '--no-check'])
      await walk.ask(texts['ask.confirm'], 'before the decision')
      walk.run.press(enter)
      await walk.end('the file is applied')
      walk.type(['status'])
      await walk.end('the state')
      walk.type(['invite', 'qcode.toml'])
      await walk.end('the letter to a colleague')
    },
  },
  'someone with a 404': {
    files: {
      'bin/claude': client,
      '.claude/settings.json': `${JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/openai/v1/', ANTHROPIC_AUTH_TOKEN: testKey } }, null, 2)}\n`,
    },
    walk: async (walk) => {
      const { texts } = walk
      chmodSync(join(walk.home, '.claude/settings.json'), 0o600)
      walk.type(['doctor', '--no-check'])
      await walk.end('what is wrong', 3)
      walk.type(['lint', '--fix'])
      await walk.ask(texts['ask.confirm'], 'before the decision')
      walk.run.press(enter)
      await walk.end('it is mended')
      walk.type(['doctor', '--no-check'])
      await walk.end('all is right')
    },
  },
  'newcomer without a tool': {
    files: {
      // It takes as long as the walk wants it to.
      'bin/npm':
        '#!/bin/sh\nwhile [ ! -e "$HOME/go" ]; do sleep 0.05; done\nprintf "#!/bin/sh\\n" >"$HOME/bin/codex"\nchmod 755 "$HOME/bin/codex"\n',
    },
    walk: async (walk) => {
      const { texts } = walk
      walk.type([])
      await walk.ask(texts['ask.tools'], 'the opening screen')
      walk.run.press('codex')
      await walk.run.until((window) => !window.includes('Claude Code'))
      await walk.look('a search')
      walk.run.press(enter, enter)
      await walk.run.question(texts['ask.region'])
      await walk.run.until(isMeasured)
      walk.run.press(down, down, enter)
      await walk.ask(texts['install.ask']({ tools: ['Codex CLI'] }), 'a tool that is missing')
      walk.run.press(enter)
      await walk.ask(texts['ask.key'], 'the key')
      walk.run.press('sk-not-a-key-of-this-gateway', enter)
      await walk.ask(texts['ask.use-anyway'], 'a key of another form')
      walk.run.press(back)
      await walk.run.until((window) => !window.includes(texts['ask.use-anyway']))
      await walk.run.question(texts['ask.key'])
      await walk.drawn()
      await walk.look('the key is asked for again')
      walk.run.press(testKey, enter)
      await walk.run.question(texts['ask.models'])
      walk.run.press(enter)
      await walk.run.until((window) => window.replace(/\s/g, '').includes('@openai/codex'))
      await walk.run.until((window) => /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/.test(window))
      await walk.look('npm at work')
      writeFileSync(join(walk.home, 'go'), '')
      await walk.ask(texts['ask.confirm'], 'before the decision')
      await walk.wait(enter)
      await walk.end('the last screen')
    },
  },
  'someone whose gateway has no such route': {
    files: installed,
    walk: async (walk) => {
      const { texts } = walk
      const gateway = ['--gateway', elsewhere.origin]
      const near = { QCODE_API_KEY: testKey, HTTPS_PROXY: '', HTTP_PROXY: '' }
      walk.type(['--tool', 'claude-code', ...gateway], { env: near })
      await walk.ask(texts['ask.confirm'], 'before the decision')
      walk.run.press(enter)
      await walk.ask(texts['ask.failed-check'], 'the check failed')
      walk.run.press(enter)
      await walk.end('the settings are kept', 4)
      walk.type(['doctor', '--tool', 'claude-code'], { env: near })
      await walk.end('what is wrong', 4)
      walk.type(['check', ...gateway], { env: near })
      await walk.end('the gateway alone', 4)
      walk.type(['--tool', 'claude-code', '--region', 'eu'], { env: { QCODE_API_KEY: testKey } })
      await walk.ask(texts['ask.models'], 'another region')
      walk.run.press(keys.ctrlC)
      await walk.end('nothing was written', 130)
    },
  },
  'someone who compares the regions': {
    files: {},
    walk: async (walk) => {
      walk.type(['check', '--all'], { env: blocked.env })
      await walk.end('all regions where one can be reached', 4)
      walk.type(['check', '--all'], { env: { ...blocked.env, QCODE_API_KEY: refusedKey } })
      await walk.end('with a key that is refused', 4)
      walk.type(['check', '--region', 'eu'], { env: { QCODE_API_KEY: testKey } })
      await walk.end('one region')
      walk.type(['check', '--region', 'us'], { env: blocked.env })
      await walk.end('one that cannot be reached', 4)
    },
  },
  'someone who wants out': {
    files: {
      'bin/codex': client,
      '.codex/config.toml': '# mine\nmodel_provider = "openai"\n',
    },
    walk: async (walk) => {
      const { texts } = walk
      const given = ['--tool', 'codex', '--region', 'eu', '--yes', '--no-check']
      walk.type(given, { env: { QCODE_API_KEY: testKey } })
      await walk.end('set up before')
      walk.type(['--no-check'])
      await walk.ask(texts['ask.next'], 'the opening screen')
      walk.run.press(down.repeat(5), enter)
      await walk.ask(texts['ask.remove'], 'before the decision')
      walk.run.press(enter)
      await walk.end('the last screen')
      expect(readFileSync(join(walk.home, '.codex/config.toml'), 'utf8')).toBe(
        '# mine\nmodel_provider = "openai"\n',
      )
      walk.type(['status'])
      await walk.end('nothing is left')
    },
  },
}

const sizes = [
  [80, 24],
  [40, 20],
  [200, 50],
] as const

describe.each(Object.entries(personas))('%s', (persona, { files, walk }) => {
  it.each(
    sizes.flatMap(([columns, lines]) =>
      [en, zhCN].map((texts) => [columns, lines, texts.language, texts] as const),
    ),
  )('in a terminal of %i x %i, in %s', async (columns, lines, _, texts) => {
    const one = new Walk(persona, texts, { columns, lines }, files)
    await walk(one)
    one.close()
  })
})
