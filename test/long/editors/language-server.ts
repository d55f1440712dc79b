import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { projectPath } from '../../support/run-program.ts'

const cache = process.env.QCODE_EDITORS_CACHE ?? resolve(projectPath, '.cache/editors')
const packages = { '@taplo/cli': '0.7.0', 'yaml-language-server': '1.25.0' }

/** The folder with the programs of the language servers, which are installed the first time; undefined where they cannot be. */
export function installServers(): string | undefined {
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const done = join(cache, `${names.join('+').replaceAll(/[@/]/g, '_')}.done`)
  try {
    if (!existsSync(done)) {
      mkdirSync(cache, { recursive: true })
      writeFileSync(join(cache, 'package.json'), '{ "private": true }\n')
      const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
      execFileSync('npm', ['install', ...flags, ...names], { cwd: cache, timeout: 110_000, stdio: 'pipe' })
      writeFileSync(done, '')
    }
    return join(cache, 'node_modules/.bin')
  } catch (error) {
    console.warn(`No language server could be installed, so no editor is tested: ${String(error)}`)
    return undefined
  }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/** What an editor says to a language server on its standard input and output. */
export class LanguageServer {
  readonly #process: ChildProcess
  readonly #answers = new Map<number, (message: Message) => void>()
  readonly #diagnostics = new Map<string, (found: readonly Diagnostic[]) => void>()
  #read = Buffer.alloc(0)
  #last = 0

  constructor(program: string, args: readonly string[]) {
    this.#process = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#process.stdout?.on('data', (part: Buffer) => this.#take(part))
  }

  request<Result>(method: string, params: unknown): Promise<Result> {
    const id = ++this.#last
    this.#send({ id, method, params })
    return new Promise((done, fail) =>
      this.#answers.set(id, ({ result, error }) =>
        error === undefined ? done(result as Result) : fail(new Error(JSON.stringify(error))),
      ),
    )
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params })
  }

  /** Opens a document, and gives what is marked in it. */
  open(uri: string, languageId: string, text: string): Promise<readonly Diagnostic[]> {
    const marked = new Promise<readonly Diagnostic[]>((done) => this.#diagnostics.set(uri, done))
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } })
    return marked
  }

  stop(): void {
    this.#process.kill()
  }

  #send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }

  #take(part: Buffer): void {
    this.#read = Buffer.concat([this.#read, part])
    for (;;) {
      const end = this.#read.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/.exec(this.#read.subarray(0, end).toString())?.[1])
      if (end < 0 || this.#read.length < end + 4 + length) return
      const message = JSON.parse(this.#read.subarray(end + 4, end + 4 + length).toString()) as Message
      this.#read = this.#read.subarray(end + 4 + length)
      this.#handle(message)
    }
  }

  #handle(message: Message): void {
    if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params as { uri: string; diagnostics: Diagnostic[] }
      this.#diagnostics.get(uri)?.(diagnostics)
    } else if (message.method !== undefined && message.id !== undefined) {
      // What it asks of the editor is left at its defaults.
      this.#send({ id: message.id, result: null })
    } else if (message.id !== undefined) this.#answers.get(message.id)?.(message)
  }
}

export interface Diagnostic {
  readonly message: string
  readonly range: {
    readonly start: { readonly line: number; readonly character: number }
  }
}
