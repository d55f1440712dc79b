import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the program when dist/ is missing or older than what it is made of. For `globalSetup` of vitest. */
export default function buildOnce(): void {
  const built = join(project, 'dist', 'catalog.json')
  const sources = ['src', 'templates', 'scripts', 'package-lock.json'].map((path) =>
    newestChange(join(project, path)),
  )
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)) return
  try {
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: project,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      // Windows starts npm's script through cmd.exe alone.
      shell: process.platform === 'win32',
    })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    // Vitest says "No test files found" in front of this.
    throw new Error(
      `the program does not build, so no test was run. npm run build says:\n${stderr || message}`,
    )
  }
}

/** When anything at or below a path was changed last, in milliseconds. */
function newestChange(path: string): number {
  const below = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
    : []
  return Math.max(...[path, ...below].map((each) => statSync(each).mtimeMs))
}
