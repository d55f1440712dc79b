import { describe, expect, it } from 'vitest'
import { newVariables } from '../../../src/ui/verdicts.ts'
import { createTestHost } from '../../support/test-host.ts'

describe('where variables changed, a report says who has them', () => {
  it.each([
    ['linux', '/home/ada/.config/qcode-setup/env.sh', 'Open a new terminal to use the new variables.'],
    [
      'darwin',
      '/Users/ada/.config/qcode-setup/env.sh',
      'Open a new terminal to use the new variables. Quit editors and start them again: they ask your login shell.',
    ],
    ['win32', 'C:\\Users\\ada\\env.ps1', 'Open a new terminal to use the new variables.'],
    [
      'win32',
      'HKCU\\Environment\\OPENAI_API_KEY',
      'Close and restart running terminals and editors: only newly started programs see the changed variables.',
    ],
  ] as const)('on %s, of %s', (platform, path, said) => {
    expect(newVariables([{ path }], createTestHost('/home/ada', { platform }))).toEqual([said])
    expect(newVariables([], createTestHost('/home/ada', { platform }))).toEqual([])
  })
})
