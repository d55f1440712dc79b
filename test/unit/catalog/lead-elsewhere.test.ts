import { expect, it } from 'vitest'
import { findLeadElsewhere, findLeadInCode } from '../../../src/catalog/lead-elsewhere.ts'
import type { Value } from '../../../src/documents/document.ts'

/** One letter where a name of the user's own stands in the way of nothing. */
const addresses = [
  'https://evil.example/v1',
  'HTTPS://EVIL.EXAMPLE',
  'https:/evil.example',
  'https:///evil.example',
  'https:evil.example',
  'https:\\\\evil.example',
  'https:\\/\\/evil.example',
  'ht\ttps://evil.example',
  'https:\n//evil.example',
  'https:\u200b//evil.example',
  ' https:/evil.example',
  'https%3A%2F%2Fevil.example',
  'https：／／evil.example',
  'wss://evil.example',
  'wss:/evil.example',
  'ws:evil.example',
  'socks5://evil.example:1080',
  'socks5h:evil.example',
  'ftp:/evil.example',
  'file:///tmp/evil.sock',
  'unix:/tmp/evil.sock',
  '//evil.example',
  '//evil',
  '///evil.example/v1',
  '\\\\evil\\share',
  '/\\evil.example',
  '%2F%2Fevil.example',
  'evil.example:443',
  'evil.example:8080/v1',
  'evil:8080',
  'evil:443',
  'localhost:8080',
  '127.0.0.1:8080',
  '203.0.113.7:80',
  '[::1]:8080',
  '[2001:db8::1]/v1',
  'evil.example/v1',
  'EVIL.EXAMPLE/v1',
  'evil.example/',
  'evil.example?q=1',
  'evil.example#a',
  'api.evil.co.uk/openai',
  'xn--e1awd7f.com/v1',
  'bücher.example/v1',
  'ｅｖｉｌ.example/v1',
  '203.0.113.7/v1',
  'localhost/v1',
  'user:pw@evil.example:443/v1',
  'git@evil.example:owner/repo',
  'see https://evil.example',
  '"https:/evil.example"',
  'url=https:/evil.example',
  '--url //evil.example',
  '(//evil.example)',
  'evil.example',
  'evil.com',
  'api.evil.dev',
  'evil.com.',
  '203.0.113.7',
  '::ffff:203.0.113.7',
  'localhost',
  'https://evil.example/{{ baseUrl }}',
  'evil.example/{{ baseUrl }}',
  'evil{{ baseUrl }}',
  '{{ baseUrl }},https:/evil.example',
  '{{ baseUrl }} //evil.example',
  '{{ model }}://evil',
]

it.each(addresses)('%j as a value is an address, in a table, a list and below a name', (text) => {
  for (const content of [{ a: text }, { a: [text] }, { a: { b: [{ c: text }] } }] as Value[]) {
    expect(findLeadElsewhere(content)?.path[0]).toBe('a')
  }
})

it.each([
  'https://evil.example',
  'https:/evil.example',
  '//evil.example',
  'evil.example:443',
  'evil:8080',
  'evil.example/v1',
  '203.0.113.7:80',
])('%j as a name is an address, whatever stands there', (name) => {
  expect(findLeadElsewhere({ a: { [name]: '{{ key }}' } })).toMatchObject({ why: 'url' })
  expect(findLeadElsewhere({ [name]: {} })).toMatchObject({ why: 'url' })
})

it('a table that is named as a host is, holds what is meant for that host', () => {
  expect(findLeadElsewhere({ 'evil.example': { token: '{{ key }}' } })).toEqual({
    why: 'url',
    path: ['evil.example'],
  })
})

it.each([
  ['host', 'evil.rocks'],
  ['baseURL', 'evil.museum'],
  ['baseURL', 'evil'],
  ['OPENAI_BASE_URL', 'evil'],
  ['OPENAI_API_BASE', 'evil.museum'],
  ['api_endpoint', 'localhost'],
  ['server', '::1'],
  ['hostname', '0x7f000001'],
  ['hosts', ['evil.rocks']],
  ['host', 3405803783],
  ['host', '3405803783'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a client's own settings name a variable.
  ['url', '${EVIL}'],
  ['baseUrl', '{env:EVIL}'],
  ['endpoint', '%EVIL%'],
  ['url', 'https:$EVIL'],
] as const)('%s = %j, whose name says that it is an address, is one', (name, value) => {
  expect(findLeadElsewhere({ [name]: value as Value })).toMatchObject({ why: 'url' })
})

it.each([
  ['HTTP_PROXY', 'evil'],
  ['HTTPS_PROXY', '{{ baseUrl }}'],
  ['https_proxy', '{{ baseUrl }}'],
  ['ALL_PROXY', 'evil'],
  ['NO_PROXY', '*'],
  ['npm_config_proxy', 'evil'],
  ['httpProxy', 'evil'],
  ['http.proxy', 'evil'],
  ['proxyUrl', 'evil'],
  ['proxy', true],
  ['proxy', { host: 'evil' }],
  ['proxies', ['evil']],
  ['socksProxyPort', 1080],
] as const)('%s = %j names a proxy', (name, value) => {
  expect(findLeadElsewhere({ a: { [name]: value as Value } })).toMatchObject({ why: 'proxy' })
})

it.each([
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_TLS_REJECT_UNAUTHORIZED', 0],
  ['NODE_TLS_REJECT_UNAUTHORIZED', ''],
  ['NODE_EXTRA_CA_CERTS', '/tmp/evil.pem'],
  ['REQUESTS_CA_BUNDLE', 'evil.pem'],
  ['CURL_CA_BUNDLE', ' '],
  ['AWS_CA_BUNDLE', 'x'],
  ['SSL_CERT_FILE', 'x'],
  ['SSL_CERT_DIR', 'x'],
  ['GIT_SSL_NO_VERIFY', '1'],
  ['GIT_SSL_CAINFO', 'x'],
  ['CODEX_CA_CERTIFICATE', 'x'],
  ['SSLKEYLOGFILE', 'x'],
  ['PYTHONHTTPSVERIFY', '0'],
  ['rejectUnauthorized', false],
  ['reject_unauthorized', 'no'],
  ['verify', false],
  ['verify', 'False'],
  ['verify', '/tmp/evil.pem'],
  ['verify_ssl', false],
  ['sslVerify', 'off'],
  ['SSL_VERIFY', 'none'],
  ['ssl', false],
  ['tls', false],
  ['useTls', false],
  ['strict-ssl', false],
  ['http.proxyStrictSSL', false],
  ['insecure', true],
  ['allowInsecure', 1],
  ['insecureSkipVerify', true],
  ['insecure_skip_tls_verify', 'yes'],
  ['no_verify_ssl', true],
  ['ignoreCertificateErrors', true],
  ['danger_accept_invalid_certs', true],
  ['allowSelfSignedCerts', true],
  ['trustStore', 'x'],
  ['caFile', 'x'],
  ['ca_bundle', 'x'],
  ['ca', '-----BEGIN CERTIFICATE-----'],
  ['ca', '/tmp/evil.pem'],
  ['tls', { verify: false }],
  ['ssl', { enabled: false }],
  ['https', { ca: 'x' }],
  ['secure', false],
] as const)('%s = %j keeps a client from knowing whom it talks to', (name, value) => {
  expect(findLeadElsewhere({ a: { [name]: value as Value } })).toMatchObject({ why: 'tls' })
})

it.each([
  { list: [{ name: 'HTTPS_PROXY', value: 'evil' }] },
  { list: [{ name: 'NODE_TLS_REJECT_UNAUTHORIZED', value: '0' }] },
  { list: ['NODE_TLS_REJECT_UNAUTHORIZED=0'] },
  { list: ['HTTP_PROXY=evil', 'A=b'] },
  { list: ['--proxy', 'evil'] },
  { list: ['--no-verify-ssl'] },
  { run: 'client --insecure' },
  { run: 'env NODE_TLS_REJECT_UNAUTHORIZED=0 client' },
  { run: 'client --ca-bundle=evil.pem' },
  { run: 'client --verify=false' },
  { env: { NODE_OPTIONS: '--use-openssl-ca' } },
] as Value[])('%j says it as programs are told', (content) => {
  expect(findLeadElsewhere(content)).toBeTruthy()
})

const harmless: Value[] = [
  '{{ baseUrl }}',
  '{{ baseUrl }}/models',
  '{{ baseUrl:openai-chat@default }}',
  'OPENAI_BASE_URL={{ baseUrl }}',
  '--url {{ baseUrl }}',
  '{{ key }}',
  '{{ home }}/.mine/cache.json',
  '{{ now }}',
  '',
  ' ',
  'gpt-5.2',
  'gpt-oss:20b',
  'qwen2.5-coder:14b',
  'claude-sonnet-4-5',
  'us.anthropic.claude-sonnet-4-5-v1:0',
  'anthropic/claude-3.5-sonnet',
  'deepseek-ai/DeepSeek-V3.1',
  'accounts/fireworks/models/x',
  '@cf/meta/llama-3.1',
  'v1.2.3',
  '1.2.3',
  '2026-01-02',
  '2026-01-02T03:04:05.000Z',
  '12:30',
  '12:30:45',
  '16:9',
  'en-US',
  'zh_CN.UTF-8',
  '/v1/messages',
  './settings.json',
  '../x/y.json',
  '~/notes',
  'C:\\Users\\me\\x.json',
  'C:/Users/me',
  '/usr/bin:/bin',
  'src/**/*.ts',
  'settings.json',
  'settings.json:12',
  'node.js',
  'next.js/app',
  'application/json',
  'text/plain; charset=utf-8',
  'http',
  'https',
  'https:',
  'stdio',
  'openai-chat',
  'org.gnome.Terminal',
  'editor.action.formatDocument',
  'me@example',
  'read/write',
  'and/or',
  'a // comment',
  'a//b',
  '#ff8800',
  '50%',
  'Bearer',
  'key: value',
  '注意：先设置',
  'A sentence. Another one: with a colon, and 3:1.',
  'std::io::Error',
  'Verify your address',
  '{"a":1}',
  'U+200B',
  8080,
  1700000000,
  0.5,
  true,
  false,
  null,
]

it.each(harmless)('%j is harmless, as a value below any plain name', (value) => {
  expect(findLeadElsewhere({ a: { model: value, 'editor.fontSize': [value] } })).toBeUndefined()
})

it.each([
  { name: 'QCode.cc', title: 'Character.ai', description: 'Node.js on fly.io' },
  { $schema: 'https://example.com/schema.json', a: 1 },
  { version: '1.2.3.4' },
  { baseURL: '{{ baseUrl }}', endpoint: '/v1/messages', host: '', url: null, server: 'default', port: 8080 },
  { database: 'sqlite', codebase: 'main', hostTools: true, baseUrlMode: 'exact', knowledgeBase: true },
  { proxy: false, proxies: [], HTTP_PROXY: '', proxySupport: 'off' },
  { verify: true, ssl: true, strictSSL: true, rejectUnauthorized: true, tls: { minVersion: 'TLSv1.2' } },
  { NODE_TLS_REJECT_UNAUTHORIZED: '1', insecure: false, skipTlsVerify: false, NODE_EXTRA_CA_CERTS: '' },
  {
    cssLoader: 'x',
    passwordLessLogin: true,
    subtitles: 'off',
    titles: ['a'],
    cache: 'x',
    cat: 'y',
    ca: 'Català',
  },
  { verifyEmail: false, verifyOnSave: false, secureStorage: false, verified: 'no', https: true },
  { 'editor.fontSize': 12, '**/*.ts': true, '[python]': { a: 1 }, 'a/b': 1, 'x:y': 2 },
  {
    list: [
      { name: 'OPENAI_BASE_URL', value: '{{ baseUrl }}' },
      { name: 'OPENAI_API_KEY', value: '{{ key }}' },
    ],
  },
  { list: ['--model', '{{ model }}', '--yes', 'A=b'] },
] as Value[])('%j is harmless', (content) => {
  expect(findLeadElsewhere(content)).toBeUndefined()
})

it.each([
  'fetch("https://evil.example")',
  'httpx.Client(verify=False)',
  'new Agent({ rejectUnauthorized: false })',
  'os.environ["HTTPS_PROXY"] = "evil"',
  'proxies = {}',
  'os.environ["REQUESTS_CA_BUNDLE"] = "x"',
  'ssl._create_unverified_context()',
])('%j as code to print leads elsewhere', (code) => {
  expect(findLeadInCode(code)).toBeTruthy()
})

it('the code that a client of the gateway needs does not', () => {
  const code =
    '# see the docs\nclient = OpenAI(base_url="{{ baseUrl }}", api_key=os.environ["K"])  // typed: any\n'
  expect(findLeadInCode(code)).toBeUndefined()
})
