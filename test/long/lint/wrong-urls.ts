/** One base URL for each rule, broken in no other way, under a variable that tells its client. */
export const wrongUrls: readonly { rule: string; name: string; url: string; fix: string }[] = [
  { rule: 'whitespace', url: 'https://api.qcode.cc/api ' },
  { rule: 'scheme', url: 'http://api.qcode.cc/api' },
  { rule: 'credentials-in-url', url: 'https://me:secretword@api.qcode.cc/api' },
  { rule: 'unknown-host', url: 'https://api.qcode.com/api' },
  { rule: 'port', url: 'https://api.qcode.cc:8443/api' },
  { rule: 'query-or-fragment', url: 'https://api.qcode.cc/api?a=1' },
  { rule: 'double-slash', url: 'https://api.qcode.cc//api' },
  { rule: 'trailing-slash', url: 'https://api.qcode.cc/api/' },
  { rule: 'full-endpoint', url: 'https://api.qcode.cc/api/v1/messages' },
  { rule: 'doubled-v1', url: 'https://api.qcode.cc/api/v1' },
  { rule: 'missing-v1', url: 'https://api.qcode.cc/openai' },
  { rule: 'missing-prefix', url: 'https://api.qcode.cc' },
  { rule: 'wrong-prefix', url: 'https://api.qcode.cc/nonsense' },
].map((wrong) =>
  wrong.rule === 'missing-v1'
    ? { ...wrong, name: 'OPENAI_BASE_URL', fix: 'https://api.qcode.cc/openai/v1' }
    : { ...wrong, name: 'ANTHROPIC_BASE_URL', fix: 'https://api.qcode.cc/api' },
)

type Write = (name: string, url: string, index: number) => string

const client = (name: string) => (name.startsWith('OPENAI') ? 'OpenAI' : 'Anthropic')

/** How each kind of file writes a base URL, in one line. */
export const writers: Readonly<Record<string, { line: Write; around?: (lines: string) => string }>> = {
  'a.toml': { line: (name, url, index) => `e${index}.${name} = "${url}" # kept` },
  'a.json': {
    line: (name, url, index) => `  "e${index}": { "${name}": "${url}" },`,
    around: (lines) => `{\n${lines}\n  "n": 12345678901234567890\n}\n`,
  },
  'a.jsonc': {
    line: (name, url, index) => `  "e${index}": { "${name}": "${url}" }, // kept`,
    around: (lines) => `{\n  // kept\n${lines}\n}\n`,
  },
  'a.yaml': { line: (name, url, index) => `e${index}: { ${name}: "${url}" } # kept` },
  '.env': { line: (name, url) => `${name}="${url}"` },
  'a.sh': { line: (name, url) => `export ${name}='${url}'` },
  'a.fish': { line: (name, url) => `set -gx ${name} '${url}'` },
  'a.ps1': { line: (name, url) => `$env:${name} = '${url}'` },
  'a.py': { line: (name, url, index) => `c${index} = ${client(name)}(base_url="${url}")` },
  'a.ts': { line: (name, url, index) => `const c${index} = new ${client(name)}({ baseURL: '${url}' })` },
}
