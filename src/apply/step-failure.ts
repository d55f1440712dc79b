/** One step on one file was refused by the system; `cause` is Node's error. */
export class StepFailure extends Error {
  readonly path: string

  constructor(path: string, cause: Error) {
    super(describeCause(cause), { cause })
    this.name = 'StepFailure'
    this.path = path
  }
}

/** Does a step and names the file in what the system refuses; every other error stays as it is. */
export async function step<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new StepFailure(path, error) : error
  }
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use by another program, or a mount',
  EDQUOT: 'your disk quota is used up',
  EEXIST: 'something stands there already',
  EIO: 'the disk reports an error',
  ENOENT: 'its folder is gone',
  ENOSPC: 'the disk is full',
  EPERM: 'the system does not allow it',
  EROFS: 'the disk is read-only',
}

function describeCause(cause: Error): string {
  const code = 'code' in cause ? String(cause.code) : cause.message
  return words[code] ? `${words[code]} (${code})` : code
}
