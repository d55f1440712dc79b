import type { UrlRuleId } from './url-faults.ts'

/** What code scanning is told of a rule. */
export interface UrlRule {
  /** What the rule asks for. */
  readonly asks: string
  readonly severity: 'error' | 'warning'
}

/** Every rule that `lint` may name. Many clients take a trailing slash away (the SDKs do, LiteLLM does not); all else fails or leaks. */
export const urlRules: Readonly<Record<UrlRuleId, UrlRule>> = {
  whitespace: { asks: 'A base URL holds no blanks, neither around nor inside.', severity: 'error' },
  scheme: { asks: 'A base URL begins with the scheme that its address is served over.', severity: 'error' },
  'credentials-in-url': { asks: 'A base URL holds no user name and no password.', severity: 'error' },
  'unknown-host': { asks: 'A base URL names an address of the gateway.', severity: 'error' },
  port: { asks: 'A base URL names no port: each address is served on one only.', severity: 'error' },
  'query-or-fragment': { asks: 'A base URL ends with its path.', severity: 'error' },
  'double-slash': { asks: 'A path has one slash between its parts.', severity: 'error' },
  'trailing-slash': { asks: 'A base URL does not end in a slash.', severity: 'warning' },
  'full-endpoint': { asks: 'A base URL leaves out what the client appends.', severity: 'error' },
  'doubled-v1': { asks: 'A base URL for a client that appends /v1 leaves /v1 out.', severity: 'error' },
  'missing-v1': { asks: 'A base URL for a client that does not append /v1 ends in /v1.', severity: 'error' },
  'missing-prefix': { asks: 'A base URL names the protocol by its path.', severity: 'error' },
  'wrong-prefix': { asks: "A base URL's path is the prefix of the client's protocol.", severity: 'error' },
}
