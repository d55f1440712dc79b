import { appendFile, readFile } from 'node:fs/promises'
import type { ClientRunner, WrongBase } from './runners/client-runner.ts'
import type { Turn } from './take-turn.ts'

/** A client that got its reply with the settings that the program wrote. */
export interface GoodRow {
  readonly kind: 'good'
  /** `{gateway}`, or the region with whose own address it was run. */
  readonly where: string
  readonly client: string
  /** `file: line` for each base URL that was written. */
  readonly written: readonly string[]
  readonly requests: readonly string[]
  readonly key: string
  readonly reply: string
}

/** A client with a base URL that breaks a rule of the judge. */
export interface WrongRow {
  readonly kind: 'wrong'
  readonly rule: string
  readonly client: string
  readonly base: string
  readonly requested: string
  readonly got: '404' | '401' | 'no reply' | 'another server has the key'
}

export type ProofRow = GoodRow | WrongRow

/** Set by run.mjs for a whole run of the suite: the file that gathers the rows, one JSON a line. */
const file = process.env.QCODE_PROOF_ROWS

/** Keeps a row for docs/wire-proof.md, which is written when every test has run. */
export async function recordProof(row: ProofRow): Promise<void> {
  if (file !== undefined) await appendFile(file, `${JSON.stringify(row)}\n`)
}

/** All rows of this run so far; none where the suite was started by hand. */
export async function recordedProof(): Promise<ProofRow[]> {
  // Where no test of this run has kept one, the file is not there yet.
  const text = file === undefined ? '' : await readFile(file, { encoding: 'utf8', flag: 'a+' })
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** What a good turn has shown. */
export function goodRow(
  { id }: ClientRunner,
  where: string,
  written: readonly string[],
  { served, auth, stdout }: Turn,
): GoodRow {
  const requests = served.map((path) => `POST ${path}`)
  const reply = stdout.includes('pong') ? 'shown' : 'not shown'
  return { kind: 'good', where, client: id, written, requests, key: auth.join(' and '), reply }
}

/** What a turn with a wrong base URL has shown. */
export function wrongRow(
  { id }: ClientRunner,
  { rule, base }: WrongBase,
  { refused, denied }: Turn,
): WrongRow {
  const requested = [...refused, ...denied].map((path) => `POST ${path}`).join(', ')
  const unseen = base.startsWith('{stranger}') ? 'another server has the key' : 'no reply'
  const got = refused.length > 0 ? '404' : denied.length > 0 ? '401' : unseen
  return { kind: 'wrong', rule, client: id, base, requested, got }
}
