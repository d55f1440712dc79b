import { networkInterfaces } from 'node:os'
import { delimiter, dirname } from 'node:path'

/**
 * The whole environment of a child: nothing of ours but what a new account on a machine has. Where the machine has more
 * network than loopback, every proxy is a dead one, so that a client can reach the stand-in and nothing else.
 */
export function cleanEnvironment(home: string, binFolders: readonly string[]): Record<string, string> {
  return {
    HOME: home,
    PATH: [...binFolders, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    SHELL: '/bin/bash',
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    ...(hasLoopbackOnly() ? {} : deadProxies),
  }
}

function hasLoopbackOnly(): boolean {
  return Object.values(networkInterfaces()).every((addresses) => addresses?.every(({ internal }) => internal))
}

const nowhere = 'http://127.0.0.1:9'
const deadProxies = {
  HTTP_PROXY: nowhere,
  HTTPS_PROXY: nowhere,
  ALL_PROXY: nowhere,
  http_proxy: nowhere,
  https_proxy: nowhere,
  all_proxy: nowhere,
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
}
