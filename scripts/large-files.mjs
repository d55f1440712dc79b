// Files of a size and shape, for what measures how the cost of an edit grows.

const prose = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '
const nested = `${'['.repeat(150)}1${']'.repeat(150)}`

/** By format and by what there is much of; the size is in characters, and the text at most one piece longer. */
export const largeFiles = {
  toml: {
    'many keys': (size) => filled(size, (index) => `name_${index} = "value ${index}"\n`),
    'many tables': (size) =>
      filled(size, (index) => `[projects."/home/me/p${index}"]\ntrust_level = "trusted"\n\n`),
    'many lists of tables': (size) => filled(size, (index) => `[[list]]\nname = "n${index}"\n`),
    'dotted keys': (size) => filled(size, (index) => `a.b${index}.c = ${index}\n`),
    'deep nesting': (size) => filled(size, (index) => `k${index} = ${nested}\n`),
    'one long list': (size) => `list = [\n${filled(size, (index) => `  "value ${index}",\n`)}]\n`,
    'one long line': (size) => `table = {a = 1${filled(size, (index) => `,k${index}=${index}`)}}\n`,
    'one long text': (size) => `text = "${filled(size, () => prose)}"\n`,
    'a text of many lines': (size) => `text = """\n${filled(size, () => `${prose}\n`)}"""\n`,
    escapes: (size) => `text = "${filled(size, () => '\\n\\"')}"\n`,
    comments: (size) => `a = 1\n${filled(size, () => `# ${prose}\n`)}`,
    'blank lines': (size) => `a = 1\n${filled(size, () => '\n')}`,
  },
  json: {
    'many keys': (size) =>
      `{${filled(size, (index) => `\n  "name_${index}": "value ${index}",`)}\n  "a": 1\n}\n`,
    'many keys in a line': (size) => `{${filled(size, (index) => `"name_${index}":"value ${index}",`)}"a":1}`,
    'many objects': (size) =>
      `{${filled(size, (index) => `"/home/p${index}":{"x":true,"n":${index}},`)}"a":1}`,
    'deep nesting': (size) => `{${filled(size, (index) => `\n"k${index}": ${nested},`)}\n"a": 1}\n`,
    'one long list': (size) => `{"list":[${filled(size, (index) => `${index},`)}0]}`,
    'one long text': (size) => `{"text":"${filled(size, () => prose)}"}`,
    escapes: (size) => `{"text":"${filled(size, () => '\\n\\"')}"}`,
    'blank lines': (size) => `{"a": 1,${filled(size, () => '\n')}"b": 2}\n`,
  },
  jsonc: {
    comments: (size) => `{\n${filled(size, () => `  // ${prose}\n`)}  "a": 1,\n}\n`,
    'many commas': (size) => `{"list": [${filled(size, (index) => `[${index},],\n`)}],}`,
    'many keys': (size) => `{${filled(size, (index) => `\n  "name_${index}": "value ${index}",`)}\n}\n`,
    escapes: (size) => `{"text":"${filled(size, () => '\\n\\"')}"}`,
  },
  yaml: {
    'many keys': (size) => filled(size, (index) => `name_${index}: value ${index}\n`),
    'many mappings': (size) => filled(size, (index) => `p${index}:\n  x: true\n  n: ${index}\n`),
    'deep nesting': (size) => filled(size, (index) => `k${index}: ${nested}\n`),
    'one long list': (size) => `list:\n${filled(size, (index) => `  - value ${index}\n`)}`,
    'one long line': (size) => `table: {a: 1${filled(size, (index) => `, k${index}: ${index}`)}}\n`,
    'one long text': (size) => `text: "${filled(size, () => prose)}"\n`,
    'a text of many lines': (size) => `text: |\n${filled(size, () => `  ${prose}\n`)}`,
    comments: (size) => `a: 1\n${filled(size, () => `# ${prose}\n`)}`,
  },
  dotenv: {
    'many keys': (size) => filled(size, (index) => `NAME_${index}=value ${index}\n`),
    'many quotes': (size) => filled(size, (index) => `export NAME_${index}="it's ${index}"\n`),
    'open quotes': (size) => filled(size, (index) => `NAME_${index}=it's ${index}\n`),
    'one long value': (size) => `A="${filled(size, () => prose)}"\n`,
    'a value of many lines': (size) => `A="${filled(size, () => `${prose}\n`)}"\n`,
    comments: (size) => filled(size, () => `# ${prose}\n`),
    'blank lines': (size) => `A=1\n${filled(size, () => '\n')}`,
  },
  'posix-profile': {
    'many variables': (size) => filled(size, (index) => `export NAME_${index}='value ${index}'\n`),
    'many commands': (size) => filled(size, (index) => `[ -f ~/.x${index} ] && . ~/.x${index}\n`),
    'one long line': (size) => `alias a='${filled(size, () => prose)}'\n`,
    comments: (size) => filled(size, () => `# ${prose}\n`),
    'blank lines': (size) => `A=1\n${filled(size, () => '\n')}`,
  },
  gitignore: {
    'many patterns': (size) => filled(size, (index) => `/build/${index}\n`),
    comments: (size) => filled(size, () => `# ${prose}\n`),
    'blank lines': (size) => filled(size, () => '\n'),
  },
}

function filled(size, piece) {
  const pieces = []
  for (let index = 0, length = 0; length < size; index++) {
    pieces.push(piece(index))
    length += pieces.at(-1).length
  }
  return pieces.join('')
}
