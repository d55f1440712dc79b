/** How surely a name says that its value is a secret: `strong` also where the value is a number. */
export type Secrecy = 'strong' | 'weak'

/** Last words of names that tell of a secret without being one: `token_endpoint`, `key_file`, `auth_method`. */
const tellsOf = new Set(
  (
    'file files path paths dir directory folder endpoint url uri type types method methods mode kind format helper ' +
    'algorithm alg binding bindings map mapping name names limit limits count counts budget size length len ttl ' +
    'timeout expiry expires expiration usage price cost encoding window policy sock socket env var variable command ' +
    'cmd args enabled required scheme prefix source store server host domain plugin provider description title label ' +
    'note version strategy backend rate duration rotation interval issuer audience scope scopes username date field ' +
    'column index through board instructions message prompt'
  ).split(' '),
)

/** Words that make the whole name one of an amount or a date, wherever they stand in it. */
const amounts = new Set(['max', 'min', 'num', 'number', 'total', 'expires', 'expiry', 'requires', 'supports'])

const strongWord =
  /(?:password|passwd|passphrase|passcode|secret|credential|cookie|apikey)(?!ary|ari|less)|^\w*pwd$|^(?:pw|pass|creds?|jwt|bearer|pat|otp|authorization)$|^(?!(?:by|com|encom|over|sur|tres|under)pass)[a-z]+pass$|密码|密钥|口令|令牌/
const weakWord = /^\w*(?:keys?|tokens?|auth)$|^(?:authn|authentication|signature|sig)$/
const animals = /^(?:mon|tur|don|hoc|joc|whis|lac|mic|hot|smo|ho|po|jo|o|dis|short)keys?$/

/** What one of these words has in it; to look at each word of all the names of a large file takes long. */
const anyHint =
  /pass|pwd|pw|secret|cred|cookie|key|jwt|bearer|pat|otp|auth|token|sig|密码|密钥|口令|令牌|\\u/iu

/** What a name says of its value; undefined where it says nothing. Names are of any style: `API_KEY`, `apiKey`, `x-api-key`. */
export function secrecyOf(name: string): Secrecy | undefined {
  if (!anyHint.test(name)) return undefined
  // No word has a digit, so `key_1` and `key_2` are one name; an escape is none.
  const alike = name.includes('\\') ? name : name.replace(/\d+/g, '0')
  if (!judged.has(alike)) {
    if (judged.size >= mostJudged) judged.clear()
    judged.set(alike, judgeName(alike))
  }
  return judged.get(alike)
}

const judged = new Map<string, Secrecy | undefined>()
const mostJudged = 1000

function judgeName(name: string): Secrecy | undefined {
  const words = wordsOf(name)
  if (tellsOf.has(words.at(-1) ?? '') || words.some((word) => amounts.has(word))) return undefined
  if (words.some((word) => strongWord.test(word))) return 'strong'
  return words.some((word) => weakWord.test(word) && !animals.test(word)) ? 'weak' : undefined
}

/** Whether all that stands in an object or table of this name is secret: `secrets`, `tokens`, `api_keys`, but not `keys` or `auth`. */
export function isSecretGroup(name: string): boolean {
  if (secrecyOf(name) === undefined || /^(?:keys?|auth|oauth|authentication|authorization)$/.test(name))
    return false
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  return !/auth|^bearer$|^jwt$/.test(last) && (words.length > 1 || !/^keys?$/.test(last))
}

/** In characters; no key is longer, and patterns go through a longer text of one word with a stack of their own that ends. */
export const longestSecret = 64 * 1024

/** Whether a value may be read though its name says secret: a switch, an amount, a path, an address, a reference to another place. */
export function isPlainValue(value: string, name: string): boolean {
  const text = value.trim()
  if (text.length > longestSecret) return false
  if (text === '' || /^(?:true|false|yes|no|on|off|null|none|undefined|~)$/i.test(text)) return true
  if (/^[\d_.+-]+$/.test(text)) return secrecyOf(name) === 'weak' && /(?:tokens|keys|auth)\d*$/i.test(name)
  return isReference(text) || isPath(text) || isAddress(text) || isVariable(text, name)
}

/** `$NAME`, `${NAME}`, `%NAME%`, `{env:NAME}`, `$(command)`, fish's `(command)`, but none that only says its words; also what is masked already. */
function isReference(text: string): boolean {
  return (
    /^(?:\$\{?(?:env:)?[A-Z][A-Z\d_]{2,}\}?|%[A-Z][A-Z\d_]{2,}%|\{\{? ?(?:env:)?[\w.]+ ?\}\}?)$/.test(text) ||
    /^[$@&]?\((?! *(?:echo|printf|print)\b)[\w ./@~-]+\)$/.test(text) ||
    /^(?:(?:Bearer|Basic) )?(?:•{4}|\S{3}…\S{4})$/.test(text)
  )
}

function isPath(text: string): boolean {
  const parts = text
    .match(/^(?:~|\.{1,2}|\$\{?HOME\}?|\$env:\w+|%\w+%|[A-Za-z]:)?[\\/](.+)$/)?.[1]
    ?.split(/[\\/]+/)
  if (!parts?.every((part) => /^[\w .@-]{0,32}$/.test(part))) return false
  return parts.length > 1 || /^[~.$%A-Za-z]|\.\w{1,5}$/.test(text)
}

function isAddress(text: string): boolean {
  return /^\w+:\/\/[^@?#\s"'`\\]*$/.test(text)
}

/** `env_key = "NAME"`. */
function isVariable(text: string, name: string): boolean {
  return (
    wordsOf(name).some((word) => /^(?:env|var|variable)$/.test(word)) &&
    /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/.test(text)
  )
}

/** Most names are plain, and to compile the classes of Unicode takes milliseconds. */
const notInWords = /[^a-z\d]+/

function wordsOf(name: string): string[] {
  const text = name.replace(/\\u([\da-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/^[\0-\x7f]*$/.test(text) ? notInWords : /[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '')
}
