import { outputJson } from 'fs-extra/esm'
import { test } from 'vitest'
import { clientPackages } from '../client-packages.ts'
import { installClient, missingFor } from '../install-clients.ts'
import { askRegistries, isNewer, newestFile } from '../newest-clients.ts'

/** A registry that does not answer once is asked again: each attempt begins from nothing. */
const options = { timeout: 1_800_000, retry: 2 }

/** Every pin; or the newest of each client beside its newest pin. */
const wanted = newestFile === undefined ? clientPackages : await newestBesidePins(newestFile)

async function newestBesidePins(file: string) {
  const found = await askRegistries()
  await outputJson(file, found)
  return found.filter(isNewer).flatMap(({ pin, newest }) => [pin, newest])
}

test.for(wanted)('$id is installed', options, async (client, { skip }) => {
  const missing = await missingFor(client)
  return missing === undefined ? installClient(client) : skip(`no ${missing} here`)
})
