import { isTable, type Table, writeKeys, writePair } from './write-literal.ts'

/** A table and its sub tables, each as a text from its header on. A table of nothing but tables gets no header. */
export function writeTables(path: readonly string[], table: Table, newline: string): string[] {
  const entries = Object.entries(table)
  const pairs = entries.flatMap(([key, value]) => (isTable(value) ? [] : [writePair([key], value)]))
  const inner = entries.flatMap(([key, value]) =>
    isTable(value) ? writeTables([...path, key], value, newline) : [],
  )
  const needsHeader = pairs.length > 0 || inner.length === 0
  return needsHeader ? [[`[${writeKeys(path)}]`, ...pairs].join(newline), ...inner] : inner
}
