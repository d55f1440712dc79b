/** The places that every tool may use; a manifest adds its own. */
export const commonPlaces = ['home', 'config', 'xdgConfig', 'project', 'zdotdir', 'gitRoot', 'system']

/** The first path below a manifest that begins with a place that nobody defines, with its field, or undefined. */
export function findUnknownPlace(manifest: object, ownPlaces: readonly string[]): string | undefined {
  const known = new Set([...commonPlaces, ...ownPlaces])
  for (const [field, text] of texts(manifest, [])) {
    const place = /^\{\{ (\w+) \}\}[/\\]/.exec(text)?.[1]
    if (place !== undefined && !known.has(place))
      return `${field} begins with {{ ${place} }}, which is no place`
  }
  return undefined
}

function texts(value: unknown, path: readonly string[]): [field: string, text: string][] {
  if (typeof value === 'string') return [[path.join('.'), value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => texts(child, [...path, key]))
}
