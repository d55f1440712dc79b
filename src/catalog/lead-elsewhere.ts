import type { Value } from '../documents/document.ts'

/** Where a setting stands: the names from the root, items of a list by number. */
type Path = readonly string[]

/** A setting that leads elsewhere. */
export interface Lead {
  readonly why: 'url' | 'proxy' | 'tls' | 'options' | 'code'
  readonly path: Path
}

const onValues =
  /^(?:true|1|on|yes|always|enabled?|required?|strict|full|verify-(?:full|ca)|(?:tls ?v?)?1\.[23])$/i

const offValues = /^(?:false|0|off|no|never|disabled?|null|)$/i

/** Words of names that say whom a client trusts, and how. */
const aboutCertificates =
  /^(?:ca(?:certs?|file|bundle|path|info|dir|store|chain)|certs?|certificates?|trust_?stores?|keylog\w*|sslkeylog\w*)$/i

const aboutTls =
  /^(?:ssl|tls)|(?:ssl|tls)$|https|^(?:\w*unauthorized|\w*insecure\w*|verif(?:y|ication)(?:peer|host(?:name)?|mode))$/i

/** They turn the meaning of `true` round. */
const turned =
  /^(?:no|not|non|self|no(?:verify|check|ssl|tls)\w*|skip\w*|insecure\w*|disabled?|ignored?|allow\w*|accept\w*|trust(?:all)?|untrusted|unverified|unsafe|bypass|without|danger\w*|invalid)$/i

const checking = /^(?:check|verify|verification|validate|validation|reject|strict|required?)$/i

/** They hand options to every program of Node or OpenSSL. */
const wholeOptions = /^(?:NODE_OPTIONS|OPENSSL_CONF)$/i

/**
 * What in the settings of a user's own tool folder could lead its client elsewhere than to `{{ baseUrl }}`, with the place
 * and why, or undefined: an address in any form, a proxy, or a switch that keeps the client from knowing whom it talks to.
 */
export function findLeadElsewhere(content: Value): Lead | undefined {
  return judgeBelow(content, [])
}

/** What in a piece of code could: it is read by people, so a comment may name a host without a scheme. */
export function findLeadInCode(code: string): Lead | undefined {
  if (/\w:(?:\/\/|\\\/\\\/)/.test(code)) return { why: 'url', path: [] }
  const switches =
    /\bverify\s*[=:]\s*false|reject_?unauthorized\W{1,4}(?:false|0)|\w*prox(?:y|ies)\w*["'\]]*\s*[=:]|_create_unverified_context|_ca_(?:bundle|certs)\b/i
  return switches.test(code) ? { why: 'code', path: [] } : undefined
}

function judgeBelow(value: Value, path: Path): Lead | undefined {
  if (typeof value !== 'object' || value === null) return judgeLeaf(value, path)
  if (Array.isArray(value)) {
    const words = value.filter((item) => typeof item === 'string')
    return judgeWords(words.join(' '), path) ?? firstFault(Object.entries(value), path)
  }
  const table = value as { readonly [name: string]: Value }
  return judgePair(table, path) ?? firstFault(Object.entries(table), path)
}

function firstFault(entries: readonly (readonly [string, Value])[], path: Path): Lead | undefined {
  return entries
    .map(([name, child]) => judgeName(name, child, path) ?? judgeBelow(child, [...path, name]))
    .find((fault) => fault !== undefined)
}

function judgeName(name: string, child: Value, path: Path): Lead | undefined {
  const isTable = typeof child === 'object' && child !== null
  if (namesAddress(name) || (isTable && isUsualHost(name))) return addressAt([...path, name])
  return undefined
}

function judgeLeaf(value: string | number | boolean | null, path: Path): Lead | undefined {
  const name = nearestName(path)
  if (name === '$schema' && typeof value === 'string') return undefined
  const fault = judgeSetting(path, String(value ?? ''))
  if (fault !== undefined) return fault
  const words = wordsOf(name)
  if (typeof value !== 'boolean' && value !== null && isAddress(String(value), words)) return addressAt(path)
  return typeof value === 'string' ? judgeWords(value, path) : undefined
}

/** `{ name = "HTTPS_PROXY", value = "…" }`, as some clients list variables. */
function judgePair(table: { readonly [name: string]: Value }, path: Path): Lead | undefined {
  const name = table.name ?? table.key ?? table.variable ?? table.env
  const { value } = table
  if (typeof name !== 'string' || value === undefined || typeof value === 'object') return undefined
  return judgeLeaf(value, [...path, name])
}

/** `NAME=value` and `--name value` in a text, as programs are given them. */
function judgeWords(text: string, path: Path): Lead | undefined {
  const words = text.split(/\s+/)
  return words
    .map((word, index) => {
      const [, name, value] = /^-{0,2}([A-Za-z][\w.-]*)=(.*)$/s.exec(word) ?? []
      if (name !== undefined) return judgeSetting([name], value?.replace(/^(['"])(.*)\1$/s, '$2') ?? '')
      const flag = /^--([A-Za-z][\w.-]*)$/.exec(word)?.[1]
      const next = words[index + 1] ?? ''
      return flag === undefined
        ? undefined
        : judgeSetting([flag], next === '' || next.startsWith('-') ? 'true' : next)
    })
    .map((lead) => (lead ? { ...lead, path } : undefined))
    .find((lead) => lead !== undefined)
}

/** A proxy, or a switch for TLS checks. The table that a setting stands in may say what it is about: `tls.verify`. */
function judgeSetting(path: Path, value: string): Lead | undefined {
  const names = path.filter((name) => !/^\d+$/.test(name))
  const words = names.slice(-2).flatMap(wordsOf)
  if (wholeOptions.test(names.at(-1) ?? '')) return { why: 'options', path }
  const isProxy = words.some((word) => /prox(?:y|ies)/i.test(word))
  const own = isProxy ? words.filter((word) => !/^https$/i.test(word)) : words
  if (decidesChecks(own, names.at(-1) ?? '', value) && !keepsChecks(own, value)) return { why: 'tls', path }
  if (!isProxy || offValues.test(value)) return undefined
  return { why: 'proxy', path }
}

function decidesChecks(words: readonly string[], name: string, value: string): boolean {
  if (words.some((word) => aboutTls.test(word)) || namesCertificates(words)) return true
  if (/^(?:verify|secure)$/i.test(name)) return true
  return /^ca$/i.test(name) && /[/\\]|-----BEGIN|\.(?:pem|crt|cer|der)$/i.test(value)
}

function keepsChecks(words: readonly string[], value: string): boolean {
  if (words.some((word) => turned.test(word))) return offValues.test(value)
  const isSwitch = words.some((word) => checking.test(word) || /^(?:ssl|tls)/i.test(word))
  const isFile = words.some((word) => /^ca$/i.test(word)) || namesCertificates(words)
  return isFile && !isSwitch ? offValues.test(value) : onValues.test(value)
}

/** Also in two words, such as `CA_BUNDLE`. */
function namesCertificates(words: readonly string[]): boolean {
  return words.some((word, index) =>
    [word, `${word}${words[index + 1] ?? ''}`].some((one) => aboutCertificates.test(one)),
  )
}

function addressAt(path: Path): Lead {
  return { why: 'url', path }
}

/** The items of a list are named by the list. */
function nearestName(path: Path): string {
  return path.findLast((name) => !/^\d+$/.test(name)) ?? ''
}

/** `httpProxy`, `HTTP_PROXY` and `http.proxy` as their words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

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

/** Nothing but an address stands under these; a host of one word is one in a network that completes names. */
const addressAlone = /^(?:base)?(?:ur[il]s?|hostnames?|endpoints?)$/i

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
    if (addressAlone.test(name.at(-1) ?? '') && /^[\p{L}\p{N}]/u.test(text)) return !offValues.test(text)
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
