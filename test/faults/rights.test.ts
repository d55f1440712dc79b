import { chmodSync, lchownSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { everyoneCanReach } from '../support/everyone-can-reach.ts'
import { readTree, usersPart } from '../support/home-tree.ts'
import { programPath } from '../support/run-program.ts'
import { expectWhole } from './laws.ts'
import { startProgram } from './program.ts'
import { isSameLeaf, restoreTree, withoutAliases } from './restore-tree.ts'
import { makeScene, type Scene } from './scenes.ts'
import { tryAll } from './try-all.ts'

const nobody = 65_534

/** The folders in which the scene's command changes or makes something. */
function foldersOf({ old, new: wanted }: Scene): string[] {
  const tree = withoutAliases(wanted)
  const changed = Object.keys(tree).filter((path) => !isSameLeaf(old[path], wanted[path]))
  return [...new Set(changed.map((path) => dirname(path)))].filter((path) => path === '.' || path in old)
}

/** Root may write everywhere, so this needs another user to run the program as, who can read it. */
test.runIf(process.getuid?.() === 0 && everyoneCanReach(programPath))(
  'any folder of the user’s is read-only: nothing is changed, and once it is not, all is',
  async () => {
    const scene = await makeScene('setup')
    const { home, start, args } = scene
    const own = () => {
      for (const path of ['..', '.', ...Object.keys(readTree(home))])
        lchownSync(join(home, path), nobody, nobody)
    }
    await tryAll('injections', foldersOf(scene), async (folder) => {
      restoreTree(home, start)
      own()
      const { mode } = lstatSync(join(home, folder))
      chmodSync(join(home, folder), 0o555)
      const before = usersPart(readTree(home))
      const refused = await startProgram(home, args, {}, undefined, nobody)
      expect(refused.exit, refused.output).toBe(1)
      expectWhole(home, before, `with a read-only ${folder}`)
      chmodSync(join(home, folder), mode & 0o7777)
      const ran = await startProgram(home, args, {}, undefined, nobody)
      expect(ran.exit, ran.output).toBe(0)
      expectWhole(home, scene.new, 'afterwards')
    })
    scene.drop()
  },
)
