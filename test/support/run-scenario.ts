import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { toolIds } from './every-tool.ts'
import { readTree } from './home-tree.ts'
import { fillIn, parseScenario, type Step, splitWords } from './parse-scenario.ts'
import { makeHome, type Ran, runProgram, sampleKey } from './run-program.ts'
import { checks } from './scenario-checks.ts'
import { preparations } from './scenario-preparations.ts'
import type { Stage, Verb } from './scenario-stage.ts'

/** The scenarios of a folder, by name. */
export function listScenarios(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
}

/** How a scenario is run otherwise than as it is written. */
export interface Otherwise {
  /** In place of its checks but that of the exit code: what is to hold of every command. */
  readonly check: (args: readonly string[], ran: Ran) => void
  readonly env: Readonly<Record<string, string>>
}

/** Runs a scenario from start to end; a failure names its file and line. The verbs are told in test/program/scenarios/README.md. */
export async function runScenario(file: string, otherwise?: Otherwise): Promise<void> {
  const { home, drop } = makeHome()
  const nothing = { exit: undefined, stdout: '', stderr: '' }
  const stage: Stage = {
    home,
    cwd: home,
    env: {},
    uid: undefined,
    start: undefined,
    before: {},
    ran: nothing,
  }
  const values = { home, key: sampleKey, tools: toolIds.join(', ') }
  try {
    for (const step of parseScenario(readFileSync(file, 'utf8'))) {
      const body = step.body.map((line) => fillIn(line, values))
      if (otherwise && Object.hasOwn(checks, step.verb) && step.verb !== 'exit') continue
      Object.assign(stage.env, otherwise?.env)
      await runStep({ ...step, rest: fillIn(step.rest, values), body }, stage, file)
      if (otherwise && step.verb === '$')
        otherwise.check(splitWords(fillIn(step.rest, values)).slice(1), stage.ran)
    }
  } finally {
    drop()
  }
}

async function runStep(step: Step, stage: Stage, file: string): Promise<void> {
  try {
    const verb = verbs[step.verb]
    if (!verb) throw new Error(`there is no verb ${step.verb}`)
    await verb(step, stage)
  } catch (error) {
    const failure = error as Error
    failure.message = `${file}:${step.line}: ${step.verb} ${step.rest}\n${failure.message}\n${shown(stage.ran)}`
    throw failure
  }
}

function shown({ exit, stdout, stderr }: Ran): string {
  return `The last command: exit ${exit}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`
}

const verbs: Readonly<Record<string, Verb>> = { ...preparations, ...checks, $: runCommand }

/** Runs one command line. Unless it asks for the key, no output may hold it. */
async function runCommand({ rest, body }: Step, stage: Stage): Promise<void> {
  const { home, cwd, env, uid } = stage
  const [, ...args] = splitWords(rest)
  stage.before = readTree(home)
  stage.start ??= stage.before
  const input = body.map((line) => `${line}\n`).join('')
  stage.ran = await runProgram(args, { home, cwd, env, input, ...(uid !== undefined && { uid }) })
  if (!args.includes('--with-key')) expect(stage.ran.stdout + stage.ran.stderr).not.toContain(sampleKey)
}
