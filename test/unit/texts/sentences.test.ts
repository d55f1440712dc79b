import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { projectFolder } from '../../support/test-catalog.ts'

const folder = join(projectFolder, 'src')

/** Three words in a row, or anything in Chinese. */
const sentence = /[A-Za-z]{2,}[,:;]? [A-Za-z'’]{1,}[,:;]? [A-Za-z]{2,}|\p{Script=Han}/u

/** Command lines are the same in every language. */
const commandLine = /^(?:pass qcode \| )?qcode-setup /

/** The texts themselves, words to be recognised, and the replies of the gateway that stands in for the real one. */
const wordLists =
  /^(?:texts\/(?:en|zh-CN|commands)|request\/(?:synonyms|request)|secrets\/secret-name|gateway\/stand-in)\.ts$/

/** What no user reads as a sentence of ours: text that is sent, written, searched for, or shown at build time only. */
const others: Readonly<Record<string, readonly string[]>> = {
  'catalog/compile-catalog.ts': ['must be scheme and host only'],
  'catalog/detect.ts': ['unknown, so the newest counts'],
  'checks/doctor/key-file-findings.ts': ['…; qcode-setup key rotate'],
  'checks/prove-client.ts': ['Answer with one short word please'],
  'commands/launch-agent.ts': [
    'launchctl bootstrap gui/$UID ~/Library/LaunchAgents/….plist',
    'launchctl kickstart gui/$UID/…',
    'launchctl bootout gui/$UID/…',
  ],
  'documents/json/spliced-document.ts': ['an edit needs a key'],
  'documents/shell/commands.ts': ['behind a backslash'],
  'documents/shell/profile-document.ts': [
    '# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove',
    '# Completes qcode-setup with Tab. To remove this block: qcode-setup completion uninstall',
  ],
  'documents/shell/user-env.ts': ['Windows Registry Editor Version 5.00'],
  'host/read-file-state.ts': [
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders',
  ],
  'gateway/transport.ts': ['HTTPS_PROXY or HTTP_PROXY does not name an HTTP proxy'],
  'secrets/keychain.ts': ['the key in the keychain'],
}

/** Faults of the program itself, which end up in a bug report, and what QCODE_DEBUG shows, are English. */
function isForDevelopers(node: ts.Node): boolean {
  for (let at = node; at.parent; at = at.parent) {
    const isError = ts.isNewExpression(at) && /^(?:Error|TypeError)$/.test(at.expression.getText())
    if (isError || (ts.isCallExpression(at) && at.expression.getText() === 'debug')) return true
  }
  return false
}

/** The literals of a file that look like a sentence, without their values. */
function sentencesIn(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(folder, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
        : undefined
    if (text !== undefined && sentence.test(text) && !commandLine.test(text) && !isForDevelopers(node))
      found.push(text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('no sentence for a user stands outside of src/texts', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !wordLists.test(file))
  const found = files.flatMap((file) => sentencesIn(file).map((text) => [file, text] as const))
  expect(files.length).toBeGreaterThan(100)
  const outside = found.filter(([file, text]) => !others[file]?.includes(text))
  const move =
    'move these to src/texts/en.ts and zh-CN.ts; what no user reads is listed in `others` of this test'
  expect(
    outside.map(([file, text]) => `src/${file}: ${text}`),
    move,
  ).toEqual([])
  // An exception that is not needed any more has to go.
  const needless = Object.entries(others).flatMap(([file, texts]) =>
    texts.filter((text) => !found.some(([in_, other]) => in_ === file && other === text)),
  )
  expect(needless, 'take these out of `others` of this test').toEqual([])
})
