/** What stands at a path. `resolvedPath` is where a write has to go, so that a symbolic link stays one. */
export type FileState = AbsentFile | PresentFile

interface AbsentFile {
  readonly kind: 'absent'
  readonly path: string
  readonly resolvedPath: string
}

/** A regular file; what else stands at a path is refused before. */
export interface PresentFile {
  /** `link` when the path itself is a symbolic link to a regular file. */
  readonly kind: 'file' | 'link'
  readonly path: string
  readonly resolvedPath: string
  /** Permission bits, 0 to 0o777 (and the set-id and sticky bits). */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** How many names (hard links) the file has, and the number that they share. */
  readonly names: number
  readonly inode: number
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string
}
