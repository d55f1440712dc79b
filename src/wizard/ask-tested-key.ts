import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { Secret } from '../secrets/secret.ts'
import { renderFindings } from '../ui/render-findings.ts'
import { askKey } from './ask.ts'
import { say } from './say.ts'

/** Whether the gateway takes a key: what is wrong with it, and nothing where it is right or nobody could be asked. */
export type KeyTest = (key: Secret) => Promise<readonly Finding[]>

/** Asks for a key until the gateway takes one. Errors: UserError `cancelled`. */
export async function askTestedKey(host: Host, question: string, test: KeyTest): Promise<Secret> {
  return testedKey(await askKey(host, question), host, question, test)
}

/** A key that was given before: where the gateway refuses it, another one is asked for. */
export async function testedKey(given: Secret, host: Host, question: string, test: KeyTest): Promise<Secret> {
  let key = given
  for (;;) {
    const problems = await test(key)
    if (problems.length === 0) return key
    key = await askAgain(host, question, problems)
  }
}

/** Says what is wrong with a key and asks for another one. */
export function askAgain(host: Host, question: string, problems: readonly Finding[]): Promise<Secret> {
  say(host, renderFindings(problems, host))
  return askKey(host, question)
}
