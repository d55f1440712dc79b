import { expect, test } from 'vitest'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import { makeHost } from './machine.ts'

test.each([
  ['linux', {}, '/h/.local/state/qcode-setup'],
  ['darwin', {}, '/h/.local/state/qcode-setup'],
  ['linux', { XDG_STATE_HOME: '/s' }, '/s/qcode-setup'],
  ['linux', { XDG_STATE_HOME: 's' }, '/h/.local/state/qcode-setup'],
  ['linux', { XDG_STATE_HOME: '' }, '/h/.local/state/qcode-setup'],
  ['win32', { LOCALAPPDATA: '/l' }, '/l/qcode-setup'],
  ['win32', { XDG_STATE_HOME: '/s', LOCALAPPDATA: '/l' }, '/s/qcode-setup'],
  ['win32', {}, '/h/AppData/Local/qcode-setup'],
] as const)('%s with %o: %s', (platform, env, folder) => {
  expect(stateFolder(makeHost('/h', env, platform))).toBe(folder)
})
