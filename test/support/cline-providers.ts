/** Where Cline 3 has its providers, below the home. */
export const clineProvidersFile = '.cline/data/settings/providers.json'

/**
 * That file with the provider in use that its settings name, by default Anthropic's. `entry` stands beside the settings, `root`
 * beside all providers.
 */
export function clineProviders(
  settings: { readonly provider?: string | undefined } & Readonly<Record<string, unknown>>,
  entry: object = {},
  root: object = {},
) {
  const { provider = 'anthropic' } = settings
  const updatedAt = '2026-01-02T03:04:05.000Z'
  const one = { settings: { provider, ...settings }, updatedAt, tokenSource: 'manual', ...entry }
  return { version: 1, lastUsedProvider: provider, modes: {}, providers: { [provider]: one }, ...root }
}
