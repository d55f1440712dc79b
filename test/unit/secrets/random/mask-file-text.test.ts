import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteFish, quotePosix, quotePowershell } from '../../../../src/documents/shell/quote.ts'
import { maskFileText } from '../../../../src/secrets/mask-file-text.ts'
import { randomCases } from '../../../support/random-cases.ts'

const mask = (text: string) => maskFileText(text, [])

describe('a text of the user that is shown', () => {
  it.each([
    ['a key of GitHub in a shell', 'export X=ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'ghp_abcdefghij'],
    ['a fine-grained key of GitHub', '# github_pat_11ABCDEFG0abcdefghijkl_mnopqr', '11ABCDEFG0'],
    ['a key of a payment service', 'STRIPE=sk_live_51ABCDEFGHIJKLMNOPQRSTUV', '51ABCDEFGH'],
    ['a restricted one', 'X: rk_live_51ABCDEFGHIJKLMNOPQRSTUV', '51ABCDEFGH'],
    ['a key of a model hub', 'MODEL_HUB="hf_abcdefghijklmnopqrstuvwx"', 'abcdefghij'],
    ['a bot of a chat', 'hook = xoxb-123456789012-abcdefghijkl', '123456789012'],
    ['the id of a cloud', 'id = AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['the secret of a cloud without a name', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['a JSON web token', 'x = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVm"', 'eyJzdWIi'],
    ['the password in a URL', 'DATABASE_URL=postgres://admin:hunter2secret@db/x', 'hunter2secret'],
    ['a name alone in a URL', 'git remote add x https://s3cr3t@example.com/x.git', 's3cr3t'],
    ['a header', 'http_headers = { Authorization = "Bearer abcdefghijklmnop" }', 'abcdefghij'],
    ['headers in a variable', 'OTEL_HEADERS="Authorization=Bearer 9f8e7d6c5b4a"', '9f8e7d6c5b4a'],
    ['headers with a short key', 'export X_HEADERS="x-team=a,api-key=k9"', 'k9'],
    ['basic credentials', 'curl -H "Authorization: Basic dXNlcjpwYXNz" https://x', 'dXNlcjpwYXNz'],
    ['basic credentials of an unnamed header', 'H="Basic dXNlcjpwYXNzd29yZA=="', 'dXNlcjpwYXNz'],
    ['the user of a request', 'alias c="curl -u me:hunter2 https://x"', 'hunter2'],
    ['a line that is commented out', '#OLD_TOKEN=abcdefgh-ijkl-mnop', 'ijkl'],
    ['one with blanks', '  # export OLD_TOKEN="abc def"', 'abc def'],
    ['one of slashes', '// "apiKey": "zq9"', 'zq9'],
    ['a short one', 'PGPASSWORD=pa5', 'pa5'],
    ['a password of another program', 'SSHPASS=zq9', 'zq9'],
    ['a password of a broker', 'export RABBITMQ_PASS="zq9"', 'zq9'],
    ['a password of digits', 'MYSQL_PWD=1234', '1234'],
    ['one with blanks, unquoted', 'PASSWORD=p@ss word1', 'word1'],
    ['one that begins with =', 'PASSWORD==zq9', 'zq9'],
    ['one that a shell joins', 'export API_KEY=zq9\'uv8\'"wx7"', 'wx7'],
    ['one with a quote in it', "export API_KEY='zq9'\\''uv8'", 'uv8'],
    ['one with a backslash before its quote', "export API_KEY='zq9\\'\\''4:uv8wx7'", 'uv8wx7'],
    ['one over two lines', 'export API_KEY=zq9\\\nuv8\nX=1', 'uv8'],
    ['one with a line break in its quotes', 'SECRET="zq9\nuv8"\nX=1', 'uv8'],
    ['fish', 'set -gx GITLAB_TOKEN zq9uv8', 'zq9uv8'],
    ['fish with quotes', "set -Ux GITLAB_TOKEN 'zq9 uv8'", 'uv8'],
    ['csh', 'setenv GITLAB_TOKEN zq9uv8', 'zq9uv8'],
    ['cmd', 'setx GITLAB_TOKEN zq9uv8', 'zq9uv8'],
    ['PowerShell', "$env:GITLAB_TOKEN = 'zq9uv8'", 'zq9uv8'],
    ['PowerShell, with two quotes in a row', "$env:GITLAB_TOKEN = 'zq9'''',uv8wx7'", 'uv8wx7'],
    ['PowerShell, by a call', "[Environment]::SetEnvironmentVariable('A_TOKEN', 'zq9uv8', 'User')", 'zq9uv8'],
    ['PowerShell, by an item', 'Set-Item Env:A_TOKEN zq9uv8', 'zq9uv8'],
    ['an option', 'alias t="tool --api-key zq9uv8"', 'zq9uv8'],
    ['an option with =', 'tool --token=zq9uv8 run', 'zq9uv8'],
    ['an option in a list', '"args": ["--api-key", "zq9uv8"]', 'zq9uv8'],
    ['TOML', 'api_key = "zq9" # mine', 'zq9'],
    ['TOML, dotted', 'a.b.api_key = "zq9"', 'zq9'],
    ['TOML, literal', "token = 'zq9'", 'zq9'],
    ['TOML, several lines', 'token = """\nzq9\nuv8"""', 'uv8'],
    ['TOML, a list', 'api_keys = [\n  "zq9",\n  "uv8",\n]', 'uv8'],
    ['TOML, an inline table', 'x = { token = "zq9", n = 1 }', 'zq9'],
    ['TOML, a table of secrets', '[a.secrets]\nhome = "zq9"', 'zq9'],
    ['YAML', 'password: zq9', 'zq9'],
    ['YAML, a list', 'api-key:\n  - openai=zq9\n  - uv8', 'uv8'],
    ['YAML, a list at the same column', 'api-key:\n- zq9\n- uv8', 'uv8'],
    ['YAML, a list in brackets', 'tokens: [zq9, uv8]', 'uv8'],
    ['YAML, a block', 'token: |\n  zq9\n  uv8\nx: 1', 'uv8'],
    ['YAML, a folded block in a list', '- token: >-\n    zq9\n    uv8\n  x: 1', 'uv8'],
    ['YAML, on the next line', 'token:\n  zq9', 'zq9'],
    ['YAML, that goes on', 'token: zq9\n  uv8', 'uv8'],
    ['YAML, a mapping', 'secrets:\n  home: zq9\n  work: uv8', 'uv8'],
    ['YAML, in braces', 'x: { token: zq9, n: 1 }', 'zq9'],
    ['YAML, variables by name and value', '- name: API_KEY\n  value: zq9', 'zq9'],
    ['YAML, variables by value and name', '- value: zq9\n  name: API_KEY', 'zq9'],
    ['YAML, variables in a list of texts', 'set-env:\n  - OPENAI_API_KEY=zq9', 'zq9'],
    ['JSON', '{"a":1,"apiKey":"zq9","b":[]}', 'zq9'],
    ['JSON, nested', '{"tokens":{"home":"zq9","n":{"x":"uv8"}}}', 'uv8'],
    ['JSON, several lines', '{\n  "credentials": {\n    "home": "zq9"\n  }\n}', 'zq9'],
    ['JSON, a list', '{"api_keys":["zq9","uv8"]}', 'uv8'],
    ['JSON, a variable by name and value', '[{"name":"API_KEY","value":"zq9"}]', 'zq9'],
    ['JSON within a text', '{"x":"{\\"api_key\\":\\"zq9\\",\\"n\\":1}"}', 'zq9'],
    ['JSON, the name by its numbers', '{"pass\\u0077ord":"zq9"}', 'zq9'],
    ['JSON, the text on its own line', '{\n"apiKey":\n"zq9"\n}', 'zq9'],
    ['.npmrc', '//registry.example/:_authToken=zq9', 'zq9'],
    ['.netrc', 'machine x login me password zq9', 'zq9'],
    ['the query of a URL', 'URL=https://x/y?api_key=zq9&n=1', 'zq9'],
    ['cookies', 'cookie: sid=zq9uv8; theme=x', 'zq9'],
    ['camel case', 'clientSecret = "zq9"', 'zq9'],
    ['one word', 'accesstoken=zq9', 'zq9'],
    ['with a number', 'API_KEY_2=zq9', 'zq9'],
    ['with what it is for', 'SECRET_FOR_CI=zq9', 'zq9'],
    ['what a shell reads from a text', "read -r API_TOKEN <<< 'zq9'", 'zq9'],
    ['what a shell reads from a text, unquoted', 'read API_TOKEN <<<zq9uv8', 'zq9uv8'],
    ['what a command says', 'export API_KEY="$(echo zq9uv8)"', 'zq9uv8'],
    ['what a command says, in backticks', 'export API_KEY=`printf zq9uv8`', 'zq9uv8'],
    ['what fish says', 'set -gx API_TOKEN (echo zq9uv8)', 'zq9uv8'],
    ['a table of tabs', 'access_token\tzq9uv8wx7', 'zq9uv8'],
    ['cookies of a file', '.example.com\tTRUE\t/\tFALSE\t0\tsession_token\tzq9uv8wx7', 'zq9uv8'],
    ['a header with a scheme of its own', 'H="ApiKey zq9uv8wx7"', 'zq9uv8'],
    ['one that a header calls a token', "curl -H 'Authorization: Token zq9uv8wx7' x", 'zq9uv8'],
    [
      'a private key',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKC\nzq9uv8\n-----END RSA PRIVATE KEY-----',
      'MIIEpAIB',
    ],
    [
      'a private key in JSON',
      '{"x":"-----BEGIN PRIVATE KEY-----\\nMIIEpAIB\\n-----END PRIVATE KEY-----"}',
      'MIIEp',
    ],
  ])('hides %s', (_, text, secret) => {
    expect(text).toContain(secret)
    expect(mask(text)).not.toContain(secret)
    expect(mask(text).split('\n')).toHaveLength(text.split('\n').length)
  })

  it.each([
    'keyboard = "us"',
    'monkey: business',
    'tokenizer = "o200k"',
    'max_tokens = 4096',
    'MAX_THINKING_TOKENS=1024',
    'export CLAUDE_CODE_MAX_OUTPUT_TOKENS="32000"',
    '"max_output_tokens": 4096,',
    '{"tokens": 12, "a": "b"}',
    'env_key = "QCODE_API_KEY"',
    'bearer_token_env_var = "GITHUB_TOKEN"',
    'author: Mary',
    'authority = "x"',
    '{"author":"Mary","keywords":["a","b"]}',
    'key_bindings = "vim"',
    'keymap: emacs',
    'hotkey = "ctrl+k"',
    'requires_openai_auth = true',
    'preferred_auth_method = "apikey"',
    'token_endpoint: https://login.example/token',
    'ssl_key: /etc/ssl/private/key.pem',
    'export GOOGLE_APPLICATION_CREDENTIALS=~/keys/google.json',
    'SSH_AUTH_SOCK=/run/user/1000/agent.sock',
    'PWD=/home/me/work',
    'export API_KEY="$OTHER_API_KEY"',
    'export API_KEY="$(pass-store show key)"',
    'api_key = "{{ key }}"',
    'TOKEN=',
    'use_cookies = false',
    'x = "The bearer token goes into a header"',
    '# Basic keyboard settings',
    'commit = 0123456789abcdef0123456789abcdef01234567',
    'DATABASE_URL=postgres://db/x',
    'url = "https://eu.qcode.cc/api"',
    'git@example.com:me/x.git',
    'secretary = "Mary"',
    '[providers.x.auth]\ncommand = "helper"\nargs = ["key", "get"]',
    'env_vars = ["API_KEY", "OTHER"]',
    'export API_KEY="$(cat ~/.keys/openai)"',
    'set -gx API_KEY (pass show openai)',
    'access_token\trefresh_token\texpires',
    'Every ApiKey header is checked',
  ])('leaves %s to be read', (text) => expect(mask(text)).toBe(text))

  it('hides a value, and leaves the text beside it', () => {
    expect(mask('x = { token = "zq9", n = 1 }')).toBe('x = { token = "••••", n = 1 }')
    expect(mask('{"a":1,"apiKey":"zq9","b":"c"}')).toBe('{"a":1,"apiKey":"••••","b":"c"}')
    expect(mask('A_TOKEN=zq9\r\nB=1\r\n')).toBe('A_TOKEN=••••\r\nB=1\r\n')
    expect(mask('- token: |\n    zq9\n  x: 1')).toBe('- token: |\n    ••••\n  x: 1')
    expect(mask('https://x/y?api_key=zq9&n=1')).toBe('https://x/y?api_key=••••&n=1')
  })

  it('shows no more of a secret than its first 3 and last 4 characters, of a short one none', () => {
    expect(mask('A_TOKEN=abcdefghijklmnopqrst')).toBe('A_TOKEN=abc…qrst')
    expect(mask('A_TOKEN=abcdefghijklmno')).toBe('A_TOKEN=••••')
  })

  it.each([
    'a',
    '"',
    '{"token":[',
    '{"token":1,',
    'a b ',
    ' ',
    '\\',
    'token:',
    '://',
    "'x=",
    'token:\n ',
    'name: x ',
  ])('ends on a text of nothing but %j', (piece) =>
    expect(mask(piece.repeat(200_000 / piece.length)).length).toBeGreaterThan(0),
  )
})

const names = fc.constantFrom(
  ...[
    'API_KEY',
    'GITHUB_TOKEN',
    'DB_PASSWORD',
    'clientSecret',
    'passwd',
    'MYSQL_PWD',
    'credential',
    'X_AUTH',
    'cookie',
  ],
)
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const secrets = fc
  .string({ unit: fc.constantFrom(...letters, ...`-_+/=.~!@$%&;#:,'"\\ `), minLength: 4, maxLength: 60 })
  .filter((text) => /^[a-zA-Z\d].*[a-zA-Z]$/.test(text) && /\d/.test(text))
  // What has the form of a path or an address may be read.
  .filter((text) => !/^(?:[a-zA-Z]:[\\/]|\w+:\/\/)/.test(text))

/** Files in which a secret stands behind its name, in the spelling that the format demands. */
const files: Readonly<Record<string, (name: string, secret: string) => string>> = {
  'a shell': (name, secret) => `export A=1\nexport ${name}=${quotePosix(secret)}\nalias l='ls'\n`,
  'a shell, after another command': (name, secret) => `true && export ${name}=${quotePosix(secret)}\n`,
  'a shell, commented out': (name, secret) => `# it's old: export ${name}=${quotePosix(secret)}\n`,
  fish: (name, secret) => `set -gx ${name} ${quoteFish(secret)}\n`,
  PowerShell: (name, secret) => `$env:${name} = ${quotePowershell(secret)}\n`,
  JSON: (name, secret) => JSON.stringify({ a: [1], x: { [name]: secret, b: 'c' } }),
  'JSON of several lines': (name, secret) => JSON.stringify({ x: { [name]: secret } }, null, 2),
  'a list of JSON': (name, secret) => JSON.stringify({ x: { [`${name}_list`]: [secret, 'b'] } }),
  'JSON by name and value': (name, secret) => JSON.stringify([{ name, value: secret }]),
  TOML: (name, secret) => `a = 1\n${name} = ${JSON.stringify(secret)}\n[b]\n`,
  'an inline table': (name, secret) => `a = { ${name} = ${JSON.stringify(secret)}, b = 1 }\n`,
  YAML: (name, secret) => `a: 1\n${name}: ${JSON.stringify(secret)}\nb: 2\n`,
  'YAML with single quotes': (name, secret) => `a:\n  ${name}: '${secret.replaceAll("'", "''")}'\n`,
  'a list of YAML': (name, secret) => `${name}:\n  - ${JSON.stringify(secret)}\n`,
  'a block of YAML': (name, secret) => `${name}: |\n  ${secret}\nb: 2\n`,
  'lines of assignments': (name, secret) => `A=1\n${name}=${secret}\nB=2\n`,
  'lines of assignments, commented out': (name, secret) => `#${name}=${secret}\n`,
}

describe('law: no 8 characters of a secret behind its name survive, and no 4 of a short one', () => {
  it.each(Object.keys(files))('in %s', (format) => {
    const write = files[format] as (name: string, secret: string) => string
    fc.assert(
      fc.property(names, secrets, (name, secret) => {
        const [text, frame] = [write(name, secret), write(name, '')]
        const size = text.length - frame.length < 16 ? 4 : 8
        const starts = Array.from({ length: Math.max(0, secret.length - size + 1) }, (_, at) => at)
        const pieces = starts
          .map((at) => secret.slice(at, at + size))
          .filter((piece) => !frame.includes(piece))
        expect(pieces.filter((piece) => mask(text).includes(piece))).toEqual([])
      }),
      randomCases(300),
    )
  })
})
