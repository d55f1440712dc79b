import { test } from 'vitest'
import { clientPackages } from './client-packages.ts'
import { installClient } from './install-clients.ts'

test.each(clientPackages)('$id is installed', { timeout: 900_000 }, (client) => installClient(client))
