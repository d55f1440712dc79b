import { defineConfig } from 'vitest/config'

/** What takes longer than the quick suite may: random homes, tables of every state and command, hostile input, a real keychain. */
export const longTests = [
  'test/properties/*.test.ts',
  'test/keychain/*.test.ts',
  'test/tables/*.test.ts',
  'test/scenarios/hostile-*.test.ts',
  'test/scenarios/key-rotate.test.ts',
  'test/scenarios/{matrix,rich-home,file-modes}.test.ts',
  'test/check/*.test.ts',
  'test/prove/*.test.ts',
  'test/unit/effect/no-leak.test.ts',
  'test/unit/prove/run-program.test.ts',
  'test/unit/documents/{json/json-laws,yaml/yaml-laws,toml/toml-laws}.test.ts',
  'test/unit/documents/{hostile-documents,lines-around,shell/env-formats,yaml/yaml-pyyaml}.test.ts',
  'test/unit/lint/{walk-sources,long-lines,every-mistake}.test.ts',
  'test/unit/git/ask-git.test.ts',
  'test/unit/apply/{prune-runs,renewal-keychain,processes,consent-store}.test.ts',
  'test/scenarios/{hard-links,disk-without-modes,state-of-0.1.0,unfinished-run}.test.ts',
  'test/terminal/{leave,key-rotate,plain-http,gitignore}.test.ts',
  'test/unit/check/{plain-http,failed-check,transport}.test.ts',
  'test/lint/lint.test.ts',
]

export default defineConfig({
  test: {
    include: longTests,
    globalSetup: 'test/support/build-once.ts',
    setupFiles: 'test/support/random-seed.ts',
    maxWorkers: '100%',
    // Only against hanging, as in the other lanes.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})
