// How rolldown bundles: `common` for all that is built here, `programBundle` for the program itself.
import { fileURLToPath } from 'node:url'
import { lazyRequires } from './lazy-requires.mjs'
import { moduleGroups } from './module-groups.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

export const common = {
  cwd: root,
  platform: 'node',
  // Native, and optional: what reaches the keychain is installed beside the program or not at all.
  external: ['@napi-rs/keyring'],
  // jsonc-parser's default entry is a wrapper that cannot be bundled.
  resolve: { mainFields: ['module', 'main'] },
}

export const programBundle = {
  ...common,
  input: { main: 'src/main.ts' },
  resolve: { ...common.resolve, alias: { undici$: `${root}scripts/undici-parts.cjs` } },
  plugins: [lazyRequires],
  preserveEntrySignatures: 'allow-extension',
  // A question that is loaded when it is asked may share its file with others that are loaded by then.
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    // Node loads CommonJS with far less of its own code than ES modules: about a quarter of the time of an empty program.
    format: 'cjs',
    strict: true,
    // The names of functions stay, so that the stack in a report of a fault can be read.
    minify: {
      compress: { keepNames: { function: true, class: true } },
      mangle: { keepNames: { function: true, class: true } },
      codegen: { removeWhitespace: true },
    },
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // What several commands share is one file, since each file costs a start; libraries stay apart until they are needed.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: moduleGroups(root),
    },
  },
}
