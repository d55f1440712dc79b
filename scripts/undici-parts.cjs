// All that the program uses of undici, taken from its files: its index brings fetch, caches, mocks and WebSockets as well, which is
// half of its code. Stands in the bundle in place of it, for src/gateway/network.ts, which has the types of the whole.
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js')
const Agent = require('undici/lib/dispatcher/agent.js')
const Pool = require('undici/lib/dispatcher/pool.js')
const ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js')
const buildConnector = require('undici/lib/core/connect.js')
const ask = require('undici/lib/api/api-request.js')
const connect = require('undici/lib/api/api-connect.js')

// As its index does it; a proxy is asked for a tunnel by `connect`.
Object.assign(Dispatcher.prototype, { request: ask, connect })

/** A request to a URL, by a dispatcher that is always given. */
function request(url, { dispatcher, method = 'GET', ...options }) {
  const { origin, pathname, search } = new URL(url)
  return dispatcher.request({ ...options, origin, path: `${pathname}${search}`, method })
}

module.exports = { Agent, Pool, ProxyAgent, buildConnector, request }
