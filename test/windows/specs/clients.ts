import type { Spec } from '../spec.ts'

/** Programs that are found, and what is kept for them. */
export const clients: Spec[] = [
  {
    title: 'a key in the Credential Manager is set, got and rotated',
    files: { 'new.txt': `cr_${'0'.repeat(64)}` },
    steps: [
      { args: ['key', 'set', '--key-file', '%KEY%'] },
      { args: ['key', 'get'], out: [/^cr_89abcdef/], showsKey: true },
      {
        args: [
          '--tool',
          'claude-code',
          '--key-store',
          'keychain',
          '--key-file',
          '%KEY%',
          '--yes',
          '--no-check',
        ],
        after: { '.claude\\settings.json': ['apiKeyHelper', 'key get'] },
      },
      { args: ['key', 'rotate', '--key-file', '%HOME%\\new.txt', '--yes', '--no-check'] },
      { args: ['key', 'get'], out: [/^cr_00000000/], showsKey: true },
      { args: ['remove', '--yes'] },
    ],
  },
]
