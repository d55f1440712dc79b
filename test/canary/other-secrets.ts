/** Secrets of other people and vendors, as users keep them beside ours. Nobody's, and met nowhere else. */
export const others = {
  github: 'ghp_Wm4vK8rT2bXq6ZnJ5cLd9HsGf3yPa7Ue1RtQ',
  stripe: 'sk_live_7Hn3Vb9Kq2Xw5Tz8Md4Rc6Yp',
  bearer: '7d41c2f09b8e4a63b5d0e91c77aa42f8',
  cloud: 'hT5uWq9zXk2/Nb7Ry4LmVc8Pd3+GsJf6HaQe1ZoK',
  token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJVN3hRMnZLIn0.c2lnLVI3d1A0bTlY',
  urlPassword: 'Vt7-gate-Rk2',
  password: 'p@ss wQ7 word',
  short: 'zK4vX9q',
  commented: 'old-Jx5-Pn8-Wd2-token',
  foreign: 'sk-deep-Bq6Hn2Zt9Lw4Xc7V',
  privateKey: 'MIIEvQIBADANBgkqhkiG9w0Rk7Tq2Wn5',
} as const

/** Lines of a user's files in which these stand, by the file of `plantedHome` to which they belong. */
export const otherLines = {
  '.bashrc': [
    `export GITHUB_TOKEN=${others.github}`,
    `export AWS_SECRET_ACCESS_KEY='${others.cloud}'`,
    `export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer ${others.bearer}"`,
    `#export OLD_TOKEN=${others.commented}`,
    `export DEEP_API_KEY=${others.foreign}`,
    `alias deploy='tool --password "${others.short}" run'`,
  ].join('\n'),
  '.profile': `export PGPASSWORD="${others.password}"\n# DB_PASS=${others.short}\nexport ANTHROPIC_API_KEY=${others.foreign}\n`,
  '.claude/settings.json': {
    GITHUB_TOKEN: others.github,
    DATABASE_URL: `postgres://me:${others.urlPassword}@db.invalid/x`,
    ANTHROPIC_API_KEY: others.foreign,
    ANTHROPIC_CUSTOM_HEADERS: `Authorization: Bearer ${others.bearer}`,
  },
  '.codex/config.toml': [
    '[mcp_servers.pay]',
    `args = ["--api-key", "${others.stripe}"]`,
    `env = { SESSION_COOKIE = "${others.short}", JWT = "${others.token}" }`,
    '',
  ].join('\n'),
  '.codex/.env': `STRIPE=${others.stripe}\n#OLD_TOKEN=${others.commented}\nPASSWORD=${others.password}\n`,
  '.aider.conf.yml': `api-key:\n  - deep=${others.foreign}\n  - other=${others.short}\n`,
  'project/.env': `OPENAI_API_KEY=${others.foreign}\nDATABASE_URL=postgres://me:${others.urlPassword}@db.invalid/x\n`,
  'project/app.py': `key = """-----BEGIN PRIVATE KEY-----\n${others.privateKey}\n-----END PRIVATE KEY-----"""\n`,
} as const

const pieceLength = 6

/** The agreed masked form shows the first 3 and last 4 characters of a long one, and nothing of a short one. */
const pieces = Object.values(others).flatMap((secret) => {
  const hidden = secret.length < 16 ? secret : secret.slice(3, -4)
  const starts = Array.from({ length: hidden.length - pieceLength + 1 }, (_, index) => index)
  return starts.map((start) => hidden.slice(start, start + pieceLength))
})

/** The first piece of another one's secret in a text; undefined where there is none. */
export function findOther(text: string): string | undefined {
  return pieces.find((piece) => text.includes(piece))
}
