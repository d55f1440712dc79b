// The writer alone, without the parser that the package's main file brings along.
declare module '@iarna/toml/stringify.js' {
  export { stringify as default } from '@iarna/toml'
}
