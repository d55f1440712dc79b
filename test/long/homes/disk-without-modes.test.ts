import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startProgram } from '../../faults/program.ts'
import { makeHome } from '../../support/run-program.ts'

/** Such as FAT and the drives of Windows in WSL: every file is shown as 777, and chmod does nothing. */
const everyMode = 0o777
const words = {
  said: "doesn't store file permissions",
  set: ['--tool', 'claude-code', '--yes', '--no-check'],
}

test('on a disk that ignores chmod the key is said to be readable; a second run records nothing; undo and remove give back', async () => {
  const { home, drop } = makeHome()
  const folder = join(home, '.claude')
  const settings = join(folder, 'settings.json')
  const mine = '{ "a": 1 }\n'
  mkdirSync(folder)
  writeFileSync(settings, mine)
  for (const path of [home, folder, settings]) chmodSync(path, everyMode)
  const run = (...args: string[]) => startProgram(home, args, { everyMode })
  const runs = () => readdirSync(join(home, '.local/state/qcode-setup/runs')).length

  const first = await run(...words.set)
  expect([first.exit, runs()], first.output).toEqual([0, 1])
  expect(first.output.replace(/\s+/g, ' ')).toContain(words.said)
  expect(statSync(settings).mode & 0o777).toBe(everyMode)
  const second = await run(...words.set)
  expect([second.exit, runs()], second.output).toEqual([0, 1])
  expect(second.output.replace(/\s+/g, ' ')).toContain(words.said)

  const moved = await run('switch', 'eu', '--yes', '--no-check')
  expect([moved.exit, runs()], moved.output).toEqual([0, 2])
  const doctor = await run('doctor', '--no-check')
  expect(doctor.exit, doctor.output).toBe(0)
  expect(doctor.output.replace(/\s+/g, ' ')).toContain(words.said)
  expect(doctor.output).not.toContain('chmod 600')

  const undone = await run('undo', '--yes')
  expect(undone.exit, undone.output).toBe(0)
  expect(readFileSync(settings, 'utf8')).toContain('api.qcode.cc')
  const removed = await run('remove', '--yes')
  expect([removed.exit, readFileSync(settings, 'utf8')], removed.output).toEqual([0, mine])
  drop()
})
