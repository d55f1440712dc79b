/** By its name, or because the value has the look of a key. */
const isKey = ([name, value = '']: [string, string | undefined]) =>
  name === 'QCODE_API_KEY' || /(?:cr_|sk-)[\w-]{16,}/.test(value)

/** The environment without the variables that hold a key, for programs that need none. */
export function keylessEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter((variable) => !isKey(variable)))
}
