import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { projectFolder } from '../../support/test-catalog.ts'

// A message has no language until it is shown. Whoever makes a string of it before, makes it English: what the compiler knows of
// types finds each such place, whether a test comes there or not.

const folder = join(projectFolder, 'src')

/** Where English is meant: to compare and to remember, for programs, and in what Node itself shows of an error. */
const meant: Readonly<Record<string, readonly string[]>> = {
  'apply/file-system.ts': ['String(reason)'],
  'catalog/compile-catalog.ts': ["String(say('folder.unusable', { reason: '' }))", 'error.message'],
  'catalog/folder-fault.ts': ['String(reason)'],
  'checks/check-gateway.ts': ['String(other.message)', 'String(message)'],
  'commands/apply-choices.ts': ['message'],
  'commands/doctor.ts': ['String(other.message)', 'String(message)'],
  'commands/judge-plan.ts': ['message', 'finding.message', 'String(hint)'],
  'commands/models.ts': ['String(verdict.message)'],
  'commands/plan-context.ts': ['String(message)'],
  'commands/resolve-region.ts': ['String(message)'],
  'commands/write-plan.ts': ['String(message)'],
  'effect/profile-findings.ts': ['String(finding.message)', 'String(hint)'],
  'errors.ts': ['String(asLines(lines.message))', 'String(asLines(lines.hint))', 'this.hint'],
  'request/setup-file-schema.ts': [
    'String(say(`schema.{name}.title`))',
    'String(say(`schema.{name}.about`))',
    "String(say('flag.launch-agent'))",
  ],
  'secrets/keychain.ts': ['String(said)'],
  'ui/report-check.ts': ["String(probes.find(({ level }) => level === 'error')?.message)", 'String(message)'],
  'ui/sarif.ts': ['String(text)', "String(say('sarif.use', { url: fix ?? '' }))"],
}

function programOf(): ts.Program {
  const { config } = ts.readConfigFile(join(projectFolder, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectFolder)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  return ts.createProgram(
    files.map((file) => join(folder, file)),
    options,
  )
}

/** The places in which a message, or a list of them, becomes a string. */
function flattened(source: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const found: string[] = []
  const isOf = (node: ts.Node, ...names: readonly string[]) => {
    const type = checker.getTypeAtLocation(node)
    const parts = type.isUnion() ? type.types : [type]
    return parts.some((part) => {
      const item = checker.getIndexTypeOfType(part, ts.IndexKind.Number)
      const inner = item === undefined ? [part] : item.isUnion() ? item.types : [item]
      return inner.some((one) => names.includes(one.symbol?.name ?? ''))
    })
  }
  const visit = (node: ts.Node): void => {
    const callee = ts.isCallExpression(node) ? node.expression : undefined
    const isHere =
      (ts.isTemplateSpan(node) && isOf(node.expression, 'Message')) ||
      (ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
        (isOf(node.left, 'Message') || isOf(node.right, 'Message'))) ||
      (ts.isCallExpression(node) &&
        callee?.getText() === 'String' &&
        node.arguments.some((argument) => isOf(argument, 'Message'))) ||
      (callee !== undefined &&
        ts.isPropertyAccessExpression(callee) &&
        /^(?:join|toString|toJSON)$/.test(callee.name.text) &&
        isOf(callee.expression, 'Message')) ||
      (ts.isPropertyAccessExpression(node) &&
        /^(?:message|hint)$/.test(node.name.text) &&
        isOf(node.expression, 'UserError'))
    if (isHere)
      found.push(
        (ts.isTemplateSpan(node) ? node.expression : node)
          .getText()
          .replace(/\s+/g, ' ')
          .replaceAll('${', '{'),
      )
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

it('no message loses its language on its way to the screen', () => {
  const program = programOf()
  const checker = program.getTypeChecker()
  const sources = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder))
  expect(sources.length).toBeGreaterThan(200)
  const found = sources.flatMap((source) => {
    const file = relative(folder, source.fileName)
    const places = file.startsWith('texts/') ? [] : flattened(source, checker)
    return places.map((place) => [file, place] as const)
  })
  expect(found.filter(([file, place]) => !meant[file]?.includes(place))).toEqual([])
  // An exception that is not needed any more has to go.
  const needless = Object.entries(meant).flatMap(([file, places]) =>
    places.filter((place) => !found.some(([in_, other]) => in_ === file && other === place)),
  )
  expect(needless).toEqual([])
})
