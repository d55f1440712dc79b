/** Empty, or nothing but the beginning of a URL. */
export function hasNoHost(text: string): boolean {
  return /^\s*(?:https?)?:?\/{0,2}\s*$/i.test(text)
}
