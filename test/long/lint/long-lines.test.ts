import { expect, it } from 'vitest'
import { lintAt } from '../../unit/lint/lint-at.ts'

/** Counts the characters that the text methods go over while a text is linted. */
async function workOf(path: string, text: string): Promise<number> {
  let work = 0
  const { indexOf, lastIndexOf, split } = String.prototype
  const { exec } = RegExp.prototype
  String.prototype.split = function (this: string, ...args: unknown[]) {
    work += this.length
    return split.apply(this, args as Parameters<typeof split>)
  } as typeof split
  String.prototype.indexOf = function (this: string, wanted, from = 0) {
    const found = indexOf.call(this, wanted, from)
    work += (found === -1 ? this.length : found) - from
    return found
  }
  String.prototype.lastIndexOf = function (this: string, wanted, from = this.length) {
    const found = lastIndexOf.call(this, wanted, from)
    work += from - found
    return found
  }
  RegExp.prototype.exec = function (this: RegExp, subject: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0
    const found = exec.call(this, subject)
    const end = this.sticky ? from : subject.length
    work += (found ? found.index + found[0].length : end) - from
    return found
  }
  try {
    await lintAt(path, text)
    return work
  } finally {
    Object.assign(String.prototype, { indexOf, lastIndexOf, split })
    RegExp.prototype.exec = exec
  }
}

it.each([
  ['a.py', '"https://api.qcode.cc/v1" '],
  ['a.json', '"https://api.qcode.cc/v1", '],
  ['a.yml', 'https://api.qcode.cc/v1 '],
  ['a.env', 'X=https://api.qcode.cc/v1;'],
  ['a.ts', 'base_url="https://api.qcode.cc/v1",'],
  ['a.ts', 'base_url="",'],
  ['a.ts', 'f("https://api.qcode.cc/v1/messages");'],
  ['a.yml', 'https://api.qcode.cc/https://api.qcode.cc/'],
  ['a.txt', "'https://api.qcode.cc/v1"],
  ['a.ts', '\\"https://api.qcode.cc/v1\\" '],
  ['a.py', 'URL.fetch.'],
  ['a.py', '"https://api.qcode.cc/v1"\n'],
  ['a.json', '"base_url": "https://api.qcode.cc/v1",\n'],
  ['a.yml', 'base_url: https://api.qcode.cc/v1\n'],
  ['a.env', 'ANTHROPIC_BASE_URL=https://api.qcode.cc/v1\n'],
  ['a.ts', 'new OpenAI({ baseURL: "https://api.qcode.cc/v1" })\n'],
  ['a.ts', 'new OpenAI()\n\nconst base_url = "https://api.qcode.cc/v1"\n'],
])('in %s, of %j four times as often, four times as much is read', async (path, piece) => {
  await lintAt(path, piece.repeat(10))
  const [short, long] = [await workOf(path, piece.repeat(400)), await workOf(path, piece.repeat(1600))]
  expect(short).toBeGreaterThan(0)
  expect(long / short).toBeLessThan(4.5)
})
