// The lane of faults: runs its tests, which count what they injected and lost, then shows that they can fail by running
// them against the project with one safeguard taken out at a time. Arguments go to the vitest run on the real code.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeMutant, mutants } from './mutants.mjs'

const project = fileURLToPath(new URL('../..', import.meta.url))

const room = 512 * 1024 * 1024

/** Homes are made and removed by the thousand: in memory, where the machine has such a folder with room in it. */
function quickFolder() {
  try {
    accessSync('/dev/shm', constants.W_OK)
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize > room ? '/dev/shm' : tmpdir()
  } catch {
    return tmpdir()
  }
}
process.env.TMPDIR = quickFolder()
const own = mkdtempSync(join(tmpdir(), 'qcode-counts-'))

/** Runs the lane in a folder; gives its exit code and sums, and prints what it says, or keeps it for later. */
function runLane(folder, args, stdio) {
  const counts = join(own, 'counts')
  rmSync(counts, { force: true })
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'faults', ...args],
    { cwd: folder, stdio, encoding: 'utf8', env: { ...process.env, FAULTS_COUNTS: counts } },
  )
  return { status, sums: readSums(counts), output: `${stdout ?? ''}${stderr ?? ''}` }
}

function readSums(file) {
  const sums = { injections: 0, kills: 0, powerLosses: 0, rounds: 0, lost: 0 }
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  for (const [counter, by] of lines.map((line) => JSON.parse(line))) sums[counter] += by
  return sums
}

/** Whether the lane turns red on a mutant, and because of something lost. */
function isCaught(mutant) {
  const folder = makeMutant(project, mutant)
  try {
    const { status, sums, output } = runLane(
      folder,
      [mutant.tests, ...(mutant.only ? ['-t', mutant.only] : [])],
      'pipe',
    )
    const caught = status !== 0 && sums.lost > 0
    const [, first] = /\d+ lost\s+(.*)/.exec(output) ?? []
    console.log(`${caught ? 'caught' : 'NOT CAUGHT'}: ${mutant.name}. First loss: ${first?.slice(0, 300)}`)
    if (!caught) console.log(output)
    return caught
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  const { status, sums } = runLane(project, process.argv.slice(2), 'inherit')
  const caught = mutants.filter(isCaught).length
  const number = (value) => value.toLocaleString('en')
  console.log(
    [
      `injection points ${number(sums.injections)}`,
      `kills ${number(sums.kills)}`,
      `power losses ${number(sums.powerLosses)}`,
      `races ${number(sums.rounds)} x 8`,
      `lost ${number(sums.lost)}`,
      `mutants caught ${caught} of ${mutants.length}`,
    ].join(' · '),
  )
  const tried = [sums.injections, sums.kills, sums.powerLosses, sums.rounds].every((sum) => sum > 0)
  const isFine = status === 0 && tried && sums.lost === 0 && caught === mutants.length
  process.exitCode = isFine ? 0 : 1
} finally {
  rmSync(own, { recursive: true, force: true })
}
