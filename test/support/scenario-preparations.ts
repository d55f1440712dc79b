import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readTree } from './home-tree.ts'
import { fileOf, splitWords } from './parse-scenario.ts'
import type { Verb } from './scenario-stage.ts'

/** The user that a scenario's `unprivileged` runs as, when the tests themselves are run by root. */
const nobody = process.getuid?.() === 0 ? 65534 : undefined

/** What a scenario does to a home by itself, before or between commands. */
export const preparations: Readonly<Record<string, Verb>> = {
  write(step, { home }) {
    const { path, bytes, mode } = fileOf(step)
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), bytes)
    chmodSync(join(home, path), mode ?? 0o644)
  },
  folder: ({ rest }, { home }) => void mkdirSync(join(home, rest), { recursive: true }),
  link({ rest }, { home }) {
    const [path = '', target = ''] = rest.split(' -> ')
    mkdirSync(dirname(join(home, path)), { recursive: true })
    symlinkSync(target, join(home, path))
  },
  fill({ rest }, { home }) {
    const [path = '', size] = rest.split(' ')
    writeFileSync(join(home, path), Buffer.alloc(Number(size), '#'))
  },
  chmod({ rest }, { home }) {
    const [path = '', mode = ''] = rest.split(' ')
    chmodSync(join(home, path), Number.parseInt(mode, 8))
  },
  delete: ({ rest }, { home }) => rmSync(join(home, rest), { recursive: true }),
  env({ rest }, stage) {
    const [name = '', ...value] = rest.split('=')
    stage.env = { ...stage.env, [name]: value.join('=') }
  },
  cd({ rest }, stage) {
    stage.cwd = join(stage.home, rest)
  },
  run({ rest }, { cwd, home }) {
    const [command = '', ...args] = splitWords(rest)
    const env = { ...process.env, HOME: home, GIT_CONFIG_NOSYSTEM: '1' }
    execFileSync(command, args, { cwd, env, stdio: 'pipe' })
  },
  unprivileged(_, stage) {
    stage.uid = nobody
    if (nobody === undefined) return
    const below = Object.keys(readTree(stage.home)).map((path) => join(stage.home, path))
    for (const path of [dirname(stage.home), stage.home, ...below]) chownSync(path, nobody, nobody)
  },
}
