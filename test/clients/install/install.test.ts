import { test } from 'vitest'
import { clientPackages } from '../client-packages.ts'
import { installClient } from '../install-clients.ts'

/** A registry that does not answer once is asked again: each attempt begins from nothing. */
const options = { timeout: 900_000, retry: 2 }

test.each(clientPackages)('$id is installed', options, (client) => installClient(client))
