import { basename, join, relative, sep } from 'node:path'
import type { Finding } from '../finding.ts'
import { isBelow, namesIn, readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { FileEdit } from '../plan/plan.ts'
import { quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { leavesKey } from './key-in-git.ts'

/**
 * A warning for each file that chezmoi makes as well, so that its next `apply` would take the change away. Its source is read,
 * and no program of it is run, since a template or a hook may do anything.
 */
export function chezmoiWarnings(edits: readonly FileEdit[], host: Host): Finding[] {
  const source = edits.length > 0 ? chezmoiSource(host) : undefined
  if (source === undefined) return []
  return edits.flatMap((edit) => {
    const { path, before } = edit
    // In its mode `symlink` the file that is changed is the source itself.
    if (!isBelow(path, source.home) || isBelow(before.resolvedPath, source.folder)) return []
    const name = relative(source.home, path).split(sep)
    const found = findInSource(source.folder, name)
    if (found === undefined || isIgnored(name.join('/'), source.folder)) return []
    const values = { path, source: found.path }
    const message = say(found.kind === 'exact' ? 'chezmoi.deletes' : 'chezmoi.overwrites', values)
    const hint = chezmoiAdvice(edit, found, name.join('/'), source.folder)
    return [{ id: 'managed-by-chezmoi', level: 'warning', message, hint, where: { file: path } }]
  })
}

/** Where a path of the home has its source; `exact`: it has none, in a folder that is to hold nothing else. */
interface ChezmoiSource {
  readonly path: string
  readonly kind: 'file' | 'template' | 'encrypted' | 'exact'
}

function chezmoiAdvice(edit: FileEdit, { kind }: ChezmoiSource, name: string, folder: string): Message {
  const path = quoteWord(edit.path)
  if (kind === 'template') return say('chezmoi.edit', { path })
  if (kind === 'exact') return say('chezmoi.ignore', { name, file: join(folder, '.chezmoiignore') })
  return say(kind === 'file' && leavesKey(edit) ? 'chezmoi.forget' : 'chezmoi.re-add', { path })
}

/** The folder of its source state, and the home that it is for: of chezmoi 2, which has both in its own settings. */
function chezmoiSource({ env, home }: Host): { folder: string; home: string } | undefined {
  const settings = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'chezmoi', 'chezmoi')
  const endings = ['toml', 'yaml', 'json', 'jsonc']
  const text = endings.map((ending) => readText(`${settings}.${ending}`) ?? '').find(Boolean) ?? ''
  const said = (name: string) => {
    const pattern = new RegExp(`^[\\s{]*"?${name}"?\\s*[:=]\\s*["']?([^"'\\n,}]+)`, 'm')
    return pattern
      .exec(text)?.[1]
      ?.trim()
      .replace(/^~(?=$|[\\/])/, home)
  }
  const top = said('sourceDir') ?? join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'chezmoi')
  if (namesIn(top).length === 0) return undefined
  const folder = join(top, readText(join(top, '.chezmoiroot'))?.trim() ?? '')
  return { folder, home: said('destDir') ?? home }
}

/** How the names of its source begin, in the order that it has for them; what follows `literal_` is the name itself. */
const folderName = /^(?:remove_|external_)*(exact_)?(?:private_)?(?:readonly_)?(dot_|literal_)?(.*)$/
const fileName =
  /^(create_|modify_|symlink_|remove_|run_)?(encrypted_)?(?:private_)?(?:readonly_)?(?:empty_)?(?:executable_)?(dot_|literal_)?(.*)$/

function findInSource(folder: string, names: readonly string[], isExact = false): ChezmoiSource | undefined {
  const [name = '', ...rest] = names
  for (const entry of namesIn(folder).filter((one) => !one.startsWith('.'))) {
    const path = join(folder, entry)
    const [, exact, start, end] = folderName.exec(entry) ?? []
    if (rest.length > 0 && nameOf(start, end) === name && namesIn(path).length > 0)
      return findInSource(path, rest, exact !== undefined)
    const found = rest.length === 0 ? sourceFile(path, name) : undefined
    if (found) return found === 'other' ? undefined : found
  }
  return isExact ? { path: folder, kind: 'exact' } : undefined
}

/** `other`: it makes no whole file of it, but makes a file only where none is, edits it by a script, or makes a link. */
function sourceFile(path: string, name: string): ChezmoiSource | 'other' | undefined {
  const [, type, encrypted, start, end = ''] = fileName.exec(basename(path)) ?? []
  const whole = encrypted ? end.replace(/\.(age|asc)$/, '') : end
  const isTemplate = whole.endsWith('.tmpl')
  const plain = whole.endsWith('.literal') || isTemplate ? whole.slice(0, whole.lastIndexOf('.')) : whole
  if (nameOf(start, plain) !== name) return undefined
  if (type !== undefined) return 'other'
  return { path, kind: isTemplate ? 'template' : encrypted ? 'encrypted' : 'file' }
}

function nameOf(start: string | undefined, end = ''): string {
  return start === 'dot_' ? `.${end}` : end
}

/** Whether its list of what is left alone has the path, or a folder that it lies in, as a plain line. */
function isIgnored(name: string, folder: string): boolean {
  const lines = readText(join(folder, '.chezmoiignore'))?.split('\n') ?? []
  const paths = lines.map((line) => line.trim().replace(/\/$/, '')).filter(Boolean)
  return paths.some((path) => `${name}/`.startsWith(`${path}/`))
}
