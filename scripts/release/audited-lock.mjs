/**
 * The package.json and lock file of what ships, as if it were installed from the registry: `npm audit` asks for what a
 * lock file names, and the libraries in the bundle are development dependencies in ours.
 * @param {{ packages: Record<string, { version: string, optionalDependencies?: Record<string, string> }> }} lock ours
 * @param {readonly import('../shipped/find-packages.mjs').ShippedPackage[]} shipped an optional one brings those that
 * it has for each platform
 */
export function auditedLock(lock, shipped) {
  const { name, version } = lock.packages['']
  const native = shipped
    .filter(({ optional }) => optional)
    .flatMap(({ manifest }) => Object.keys(manifest.optionalDependencies ?? {}))
  const paths = [...shipped.map(({ path }) => path), ...native.map((each) => `node_modules/${each}`)]
  const entries = paths.map((path) => [path, { version: lock.packages[path].version }])
  const atTop = entries.filter(([path]) => path.lastIndexOf('node_modules/') === 0)
  const dependencies = Object.fromEntries(
    atTop.map(([path, entry]) => [path.replace('node_modules/', ''), entry.version]),
  )
  const manifest = { name, version, dependencies }
  const packages = { '': manifest, ...Object.fromEntries(entries) }
  return { manifest, lock: { name, version, lockfileVersion: 3, requires: true, packages } }
}
