// Which modules of src/ can be loaded without any package: those may share one file of the bundle, since none of them
// brings along a library that the command at hand does not need.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const staticImport = /^(?:import|export)\s(?!type\b)[^;'"]*?from '([^']+)'/gm
/** Packages and parts of Node that cost less than a file of their own; `node:http` or `node:crypto` cost more. */
const cheap = [
  'picocolors',
  'fastest-levenshtein',
  'node:fs',
  'node:os',
  'node:path',
  'node:process',
  'node:url',
  'node:util',
]

/** A test of module paths. */
export function lightModules() {
  const known = new Map()
  const isLight = (file) => {
    if (known.has(file)) return known.get(file)
    known.set(file, true)
    const imports = [...readFileSync(file, 'utf8').matchAll(staticImport)].map((match) => match[1])
    const light = imports.every((name) => {
      return name.startsWith('.') ? isLight(resolve(dirname(file), name)) : cheap.includes(name)
    })
    known.set(file, light)
    return light
  }
  return (id) => /[\\/]src[\\/].*\.ts$/.test(id) && isLight(id)
}
