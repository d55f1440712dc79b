import type { UrlRuleId } from './url-faults.ts'

/** A rule as code scanning shows it. */
export interface UrlRule {
  /** What the rule requires. */
  readonly requirement: string
  readonly severity: 'error' | 'warning'
}

/** Every rule that `lint` may name. Many clients take a trailing slash away (the SDKs do, LiteLLM does not); all else fails or leaks. */
export const urlRules: Readonly<Record<UrlRuleId, UrlRule>> = {
  whitespace: { requirement: 'A base URL holds no blanks, neither around nor inside.', severity: 'error' },
  scheme: {
    requirement: 'A base URL begins with the scheme that its address is served over.',
    severity: 'error',
  },
  'credentials-in-url': { requirement: 'A base URL holds no user name and no password.', severity: 'error' },
  'unknown-host': { requirement: 'A base URL names an address of the gateway.', severity: 'error' },
  port: { requirement: 'A base URL names no port: each address is served on one only.', severity: 'error' },
  'query-or-fragment': { requirement: 'A base URL ends with its path.', severity: 'error' },
  'double-slash': { requirement: 'A path has one slash between its parts.', severity: 'error' },
  'trailing-slash': { requirement: 'A base URL does not end in a slash.', severity: 'warning' },
  'full-endpoint': { requirement: 'A base URL leaves out what the client appends.', severity: 'error' },
  'doubled-v1': {
    requirement: 'A base URL for a client that appends /v1 leaves /v1 out.',
    severity: 'error',
  },
  'missing-v1': {
    requirement: 'A base URL for a client that does not append /v1 ends in /v1.',
    severity: 'error',
  },
  'missing-prefix': { requirement: 'A base URL names the protocol by its path.', severity: 'error' },
  'wrong-prefix': {
    requirement: "A base URL's path is the prefix of the client's protocol.",
    severity: 'error',
  },
}
