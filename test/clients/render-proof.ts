import type { GoodRow, ProofRow, WrongRow } from './proof-rows.ts'

const intro = `# What real clients were seen to request

Written by \`npm run test:clients\`, which installs these clients, sets each one up in an empty home with this program, runs it
for one turn against a gateway on loopback, and notes what that gateway saw. \`{gateway}\` is its origin. Do not edit.
`

const ownAddresses = `## With the gateway's own addresses

The same with no \`--gateway\`: a private network in which the addresses of the regions are this machine, with TLS by an
authority of the test's own where the region has TLS, and in which nothing else answers.
`

const wrongs = `## Every rule is earned

What a client does with a base URL that breaks a rule of the judge, and that it gets no reply. \`{authority}\` is host and port
of the gateway, \`{stranger}\` the origin of another server.
The gateway of this test is strict: relays of this family forgive some doubled slashes.
`

/** docs/wire-proof.md: the rows sorted, so that it depends on nothing but what was seen. */
export function renderProof(rows: readonly ProofRow[]): string {
  const good = rows.filter((row) => row.kind === 'good')
  const own = good.filter(({ where }) => where === '{gateway}')
  const exact = good.filter(({ where }) => where !== '{gateway}')
  const wrong = rows.filter((row) => row.kind === 'wrong')
  return [
    intro,
    table(['Client', 'Written', 'Request', 'Key sent as', 'Reply'], own.map(goodCells)),
    ownAddresses,
    table(['Region', 'Client', 'Written', 'Request', 'Key sent as', 'Reply'], exact.map(exactCells)),
    wrongs,
    table(['Rule', 'Base URL', 'Client', 'Request', 'Got'], wrong.map(wrongCells)),
  ].join('\n')
}

function goodCells({ client, written, requests, key, reply }: GoodRow): string[] {
  return [client, written.map(code).join('<br>'), requests.map(code).join('<br>'), key, reply]
}

function exactCells(row: GoodRow): string[] {
  return [row.where, ...goodCells(row)]
}

function wrongCells({ rule, base, client, requested, got }: WrongRow): string[] {
  return [code(rule), code(base), client, requested === '' ? 'none' : code(requested), got]
}

/** A blank at the end of a base URL would not be seen. */
function code(text: string): string {
  return `\`${text.replace(/ $/, '␠').replaceAll('|', '\\|')}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const sorted = rows.map((cells) => `| ${cells.join(' | ')} |`).sort()
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...sorted, ''].join('\n')
}
