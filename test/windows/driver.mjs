// Runs under Node for Windows: starts what it is asked to start, one POST for each, and answers with what came of it.
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** What Windows itself sets for every program. */
const ofSystem =
  /^(SystemRoot|SystemDrive|ComSpec|PATHEXT|windir|OS|PROCESSOR_ARCHITECTURE|ProgramFiles|ProgramData|WINE.*)$/i
const base = Object.fromEntries(Object.entries(process.env).filter(([name]) => ofSystem.test(name)))

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
    child.on('error', (error) => resolve({ exit: null, ...output, stderr: `${output.stderr}${error}` }))
    child.on('close', (exit) => resolve({ exit, ...output }))
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
    reply.end(JSON.stringify(await run(JSON.parse(Buffer.concat(chunks).toString()))))
  })
  server.requestTimeout = 0
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(`${file}.new`, String(server.address().port))
    renameSync(`${file}.new`, file)
  })
}
