import { isAbsolute, relative, sep } from 'node:path'

/** Whether an absolute path lies below a folder, by its text: no link is followed. A folder is not below itself. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !isAbsolute(way) && way.split(sep)[0] !== '..'
}
