// Runs under Node for Windows: starts what it is asked to start, one POST for each, and answers with what came of it.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

/** What Windows itself sets for every program. */
const ofSystem =
  /^(SystemRoot|SystemDrive|ComSpec|PATHEXT|windir|OS|PROCESSOR_ARCHITECTURE|ProgramFiles|ProgramData|WINE.*)$/i
const base = Object.fromEntries(Object.entries(process.env).filter(([name]) => ofSystem.test(name)))

/** Wine has programs that stay where they end; one that takes longer fails its spec, and no other. */
const limitMs = 240_000

function run({ command, args, env, cwd, input = '', killAfter }) {
  return new Promise((resolve) => {
    const isScript = /\.(cmd|bat)$/i.test(command)
    // Whoever types into cmd.exe writes the quotes.
    const line = `"${[command, ...args].map((word) => `"${word}"`).join(' ')}"`
    const [program, words] = isScript ? [process.env.ComSpec, ['/d', '/s', '/c', line]] : [command, args]
    const child = spawn(program, words, { env: { ...base, ...env }, cwd, windowsVerbatimArguments: isScript })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    }
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    if (killAfter !== undefined) setTimeout(() => child.kill(), killAfter)
    const failed = (error) => resolve({ exit: null, ...output, stderr: `${output.stderr}${error}` })
    const limit = setTimeout(() => {
      child.kill()
      failed(`${command} has not ended`)
    }, limitMs)
    child.on('error', failed)
    child.on('close', (exit) => {
      clearTimeout(limit)
      resolve({ exit, ...output })
    })
  })
}

/** Starts a program that goes on, and waits until it has made a file. */
function begin({ command, args, env, cwd, ready }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...base, ...env }, cwd, detached: true, stdio: 'ignore' })
    const end = (exit, stderr = '') => {
      clearInterval(look)
      resolve({ exit, stdout: '', stderr })
    }
    const look = setInterval(() => existsSync(join(cwd, ready)) && end(0), 20)
    child.on('error', (error) => end(null, String(error)))
    child.on('exit', (exit) => end(exit || 1, `${command} has ended`))
    child.unref()
  })
}

const [, , file] = process.argv

// In a console, which a program has only from who starts it: that one program, and its exit code.
if (file.endsWith('.json')) {
  const { command, args, env, cwd } = JSON.parse(readFileSync(file, 'utf8'))
  const child = spawn(command, args, { env: { ...base, ...env }, cwd, stdio: 'inherit' })
  child.on('close', (exit) => process.exit(exit))
} else serve()

function serve() {
  const server = createServer(async (request, reply) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const asked = JSON.parse(Buffer.concat(chunks).toString())
    reply.end(JSON.stringify(await (asked.ready === undefined ? run : begin)(asked)))
  })
  server.requestTimeout = 0
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(`${file}.new`, String(server.address().port))
    renameSync(`${file}.new`, file)
  })
}
