// Which packages ship: those whose code is in the bundle, by its modules, and those that it takes where somebody has installed them beside it.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * @typedef {{ path: string, folder: string, manifest: Record<string, any>, optional: boolean }} ShippedPackage
 * `path` is the one that the lock file knows it by; an `optional` one is not in the bundle.
 */

/** By name and version. @returns {ShippedPackage[]} */
export function findPackages(output, root) {
  const inBundle = output
    .filter(({ type }) => type === 'chunk')
    .flatMap(({ modules }) => Object.entries(modules))
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => packagePath(id, root))
    .filter((path) => path !== undefined)
  const { peerDependencies = {} } = readManifest(root)
  const beside = Object.keys(peerDependencies).map((name) => `node_modules/${name}`)
  return [...new Set([...inBundle, ...beside])]
    .map((path) => ({
      path,
      folder: join(root, path),
      manifest: readManifest(join(root, path)),
      optional: beside.includes(path),
    }))
    .sort((a, b) => (label(a) < label(b) ? -1 : 1))
}

export function label({ manifest: { name, version } }) {
  return `${name}@${version}`
}

/** Undefined for a file of our own. The bundler's runtime is a module without a file, named `\0rolldown/runtime.js`. */
function packagePath(id, root) {
  const path = id.startsWith('\0') ? `node_modules/${id.slice(1)}` : relative(root, id).replaceAll('\\', '/')
  const parts = path.split('/')
  const name = parts.lastIndexOf('node_modules') + 1
  if (name === 0) return undefined
  return parts.slice(0, name + (parts[name].startsWith('@') ? 2 : 1)).join('/')
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
