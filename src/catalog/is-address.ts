/** A host with a dot, whose last part is no number. */
const dotted = String.raw`(?:[\p{L}\p{N}_-]+\.)+(?:xn--[a-z0-9-]+|\p{L}{2,})\.?`
const numbers = String.raw`\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.%]+\]`
const host = `(?:${numbers}|localhost|${dotted})`
/** Nothing of a word, a path or a mail address stands in front. */
const apart = String.raw`(?<![\p{L}\p{N}_.@/~:+-])`

/** Addresses wherever they stand in a text: a client may cut it up, and readers of URLs forgive much. */
const anywhere: readonly RegExp[] = [
  /:\/\//,
  // One slash or none is enough for the schemes that name a host.
  /(?<![\w/.+-])[a-z][a-z0-9+.-]+:\//i,
  /(?<![\w/.+-])(?:https?|wss?|ftps?|socks[45]?[ah]?):(?=\S)/i,
  /(?<![^\s"'`=(,;[])\/{2,}[^\s/]/,
  new RegExp(`${apart}${host}:\\d{1,5}(?![\\w.])`, 'iu'),
  new RegExp(`${apart}(?!port:)[a-z][\\w-]*:(?:80|443|\\d{4,5})(?![\\w.:-])`, 'iu'),
  new RegExp(`${apart}${host}(?::\\d+)?[/?#]`, 'iu'),
  new RegExp(`@${host}:`, 'iu'),
]

/** Endings of files that are no top level domain: `settings.json:12` is a line in a file. */
const fileEnding =
  /\.(?:json|jsonc|[cm]?[jt]sx?|toml|ya?ml|txt|html?|css|xml|lock|log|env|conf|ini)(?=$|[:/?#\s])/giu

/** Top level domains that a text which is no address hardly ends in. */
const usualDomain =
  /\.(?:com|net|org|edu|gov|io|dev|ai|app|cc|co|me|cn|de|eu|fr|hk|in|jp|nl|ru|tw|uk|us|xyz|top|info|biz|cloud|site|online|shop|tech|pro|pw|icu|link|live|club|vip|example|test|invalid|local|lan|internal|intranet|home|onion|arpa)\.?$/i

const wholeHost = new RegExp(`^(?:[^\\s@/]+@)?${host}$`, 'iu')
const wholeNumber = new RegExp(`^(?:${numbers}|localhost|[0-9a-f:]*::[0-9a-f:.]*|0x[0-9a-f]+)$`, 'i')

const addressInOneNumber = /^\d{8,}$/
/** Variables that a client fills in: nobody knows with what. */
const filledInLater = /[$%]\{?\w|\{env:/i

/** The words of a name whose value is an address. */
const addressWord =
  /(?:ur[il]s?|hosts?|hostname|endpoints?|servers?|origins?|domains?|address(?:es)?|gateway|relay|upstream|base)$/i
const wordForPeople = /^(?:title|label|name|description|note|comment|text|message|help|summary)$/i

/**
 * Whether a setting's text leads somewhere, as the most forgiving reader takes it: with a scheme and any number of slashes,
 * `//host`, host and port, `HOST/path`, a host alone. What `{{ baseUrl }}` stands for counts only with a text in front.
 */
export function isAddress(text: string, name: readonly string[]): boolean {
  const { rest, isJoined } = withoutPlaceholders(text)
  const plain = asReadersTakeIt(rest)
  if (isJoined || namesAddress(plain)) return true
  return isHostAlone(plain.trim(), name)
}

/** Whether a text, such as the name of a setting, has an address in it; a host alone may be a name like any other. */
export function namesAddress(text: string): boolean {
  const plain = asReadersTakeIt(text).replaceAll(fileEnding, '')
  return anywhere.some((form) => form.test(plain))
}

/** Whether a text is a host and nothing else, with an ending that hosts have. */
export function isUsualHost(text: string): boolean {
  return wholeHost.test(text) && usualDomain.test(text)
}

function isHostAlone(text: string, name: readonly string[]): boolean {
  if (name.some((word) => addressWord.test(word))) {
    return [wholeHost, wholeNumber, addressInOneNumber, filledInLater].some((form) => form.test(text))
  }
  if (name.some((word) => wordForPeople.test(word))) return false
  if (wholeNumber.test(text)) return !name.some((word) => /^version$/i.test(word))
  return isUsualHost(text)
}

/** What stands directly behind a base URL is a path on its host; in front of one, another host could stand. */
function withoutPlaceholders(text: string): { rest: string; isJoined: boolean } {
  const isJoined = /[^\s"'`=]\{\{ baseUrl[^{}]*\}\}/.test(text)
  const rest = text.replace(/\{\{ baseUrl[^{}]*\}\}[^\s"'`,;|)]*/g, '').replace(/\{\{ [^{}]* \}\}/g, 'x')
  return { rest, isJoined }
}

/** Readers of URLs leave control characters out, and take a backslash for a slash; some undo `%2F` and wide letters. */
function asReadersTakeIt(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\t\r\n\0\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/%3a/gi, ':')
    .replace(/%2f|%5c|\\/gi, '/')
}
