import { join, resolve } from 'node:path'

const cache = process.env.QCODE_CLIENTS_CACHE ?? resolve(import.meta.dirname, '../../.cache/clients')

/** Where the client with this id is, or will be, installed. `$QCODE_CLIENTS_CACHE` moves the whole cache. */
export function clientFolder(id: string): string {
  return join(cache, id)
}
