import { dirname, relative } from 'node:path'
import type { Finding } from '../../finding.ts'
import { findRepository } from '../../host/find-repository.ts'
import type { Host } from '../../host/host.ts'
import type { ReadFile } from './file-reader.ts'

/** What is wrong with files that hold a key: readable by others, or in the way into a git repository. */
export async function keyFileFindings(files: readonly ReadFile[], host: Host): Promise<Finding[]> {
  const once = [...new Map(files.map((file) => [file.path, file])).values()]
  const modes = host.platform === 'win32' ? [] : once.flatMap(modeFinding)
  const tracked = await Promise.all(once.map((file) => trackedFinding(file, host)))
  return [...modes, ...tracked.flat()]
}

function modeFinding({ path, mode = 0 }: ReadFile): Finding[] {
  if ((mode & 0o077) === 0) return []
  const shown = (mode & 0o777).toString(8).padStart(3, '0')
  return [
    {
      id: 'key-file-mode',
      level: 'error',
      message: `${path} holds a key, and others on this machine can read it (mode ${shown}).`,
      messageZh: `${path} 含有密钥，本机其他用户可以读取（权限 ${shown}）。`,
      where: { file: path },
      hint: `chmod 600 ${quote(path)}`,
    },
  ]
}

/** A link is judged by the file behind it. */
async function trackedFinding({ path, resolvedPath = path }: ReadFile, host: Host): Promise<Finding[]> {
  const repository = findRepository(dirname(resolvedPath))
  if (repository === undefined) return []
  const { exit } = await host.run('git', ['-C', repository, 'check-ignore', '--quiet', resolvedPath])
  if (exit === 0) return []
  const where = { file: path }
  if (exit !== 1) {
    const message = `git could not be asked whether it tracks ${path}, which holds a key.`
    return [{ id: 'could-not-look', level: 'failed', message, where }]
  }
  const name = relative(repository, resolvedPath)
  return [
    {
      id: 'key-in-git',
      level: 'error',
      message: `${path} holds a key and is not ignored by the git repository ${repository}: the key is, or would be, committed.`,
      messageZh: `${path} 含有密钥，且未被 git 仓库 ${repository} 忽略：密钥已经或将会被提交。`,
      where,
      hint: `echo ${quote(`/${name}`)} >> ${quote(`${repository}/.gitignore`)}; git -C ${quote(repository)} rm --cached --ignore-unmatch ${quote(name)}`,
    },
  ]
}

/** A word for a shell, in quotes only where it needs them. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
