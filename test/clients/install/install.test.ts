import { test } from 'vitest'
import { clientPackages } from '../client-packages.ts'
import { installClient, missingFor } from '../install-clients.ts'

/** A registry that does not answer once is asked again: each attempt begins from nothing. */
const options = { timeout: 1_800_000, retry: 2 }

test.for(clientPackages)('$id is installed', options, async (client, { skip }) => {
  const missing = await missingFor(client)
  return missing === undefined ? installClient(client) : skip(`no ${missing} here`)
})
