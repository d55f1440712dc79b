import { nodeExe } from '../machine.ts'
import { absent, asBefore, type Spec, type Step } from '../spec.ts'

const keyed = ['--key-file', '%KEY%', '--yes', '--no-check']
const ofEditor = ['--tool', 'cline', '--cline-variant', 'extension-next', ...keyed]
const taskkill = 'C:\\windows\\system32\\taskkill.exe'

/** Starts a Node of another name, which does `script`, and waits until that has made the file `ready`. */
function start(name: string, script: string): Step[] {
  const copy = `require('node:fs').copyFileSync(process.execPath, ${JSON.stringify(name)})`
  return [{ command: [nodeExe, '-e', copy] }, { command: [`%HOME%\\${name}`, '-e', script], ready: 'ready' }]
}

/** Opens a file so that nobody else can, as a virus scanner does (libuv calls that O_EXLOCK), for so long. */
const hold = (file: string, ms: number, also = '') =>
  `const fs=require('node:fs');fs.openSync('${file}',0x10000002);fs.writeFileSync('ready','');setTimeout(()=>{},${ms});${also}`

/** Half a second after a program was refused. */
const letGo = "setInterval(()=>fs.existsSync('refused')&&setTimeout(()=>process.exit(),500),20)"

const run = (ms: number) => `require('node:fs').writeFileSync('ready','');setTimeout(()=>{},${ms})`

const isHidden: Step = {
  command: ['attrib', '%HOME%\\.claude\\settings.json'],
  out: [/^[A-Z ]*H[A-Z ]* C:/],
}
const isPlain: Step = { command: ['attrib', '%HOME%\\.codex\\config.toml'], out: [/^[A-GI-Z ]* C:/] }

/** Other programs that run, hold files, or only look like programs; and what a file is besides its content. */
export const programs: Spec[] = [
  ...['Code.exe', 'Code - Insiders.exe', 'VSCodium.exe', 'Cursor.exe', 'Windsurf.exe'].map(
    (name): Spec => ({
      title: `files of an editor that runs are not written: ${name}, whatever tasklist writes its list in`,
      steps: [
        ...start(name, run(60_000)),
        { args: ofEditor, exit: 1, err: [`${name} is running`], after: { '.cline': absent } },
        { command: [taskkill, '/IM', name, '/F'] },
        { args: ofEditor, never: ["can't tell whether"] },
      ],
    }),
  ),
  ...[
    ['is empty', '@exit /b 0\r\n'],
    ['cannot be had', '@echo ERROR: Access denied 1>&2\r\n@exit /b 1\r\n'],
  ].map(
    ([what = '', script = '']): Spec => ({
      title: `where the list of programs ${what}, nobody is told that no editor runs`,
      env: { Path: '%HOME%\\tools;C:\\windows\\system32;C:\\windows;C:\\Program Files\\nodejs' },
      files: { 'tools\\tasklist.cmd': script },
      steps: [{ args: ofEditor, err: ["can't tell whether"] }],
    }),
  ),
  {
    title: 'a file that another program holds for a moment is waited for',
    files: { '.claude\\settings.json': '{}\r\n' },
    steps: [
      ...start('holder.exe', hold('.claude/settings.json', 60_000, letGo)),
      {
        args: ['--tool', 'claude-code', ...keyed],
        env: { LANE_REFUSED: '%HOME%\\refused' },
        after: {
          refused: [''],
          '.claude\\settings.json': ['https://api.qcode.cc/api'],
        },
      },
    ],
  },
  {
    title: 'a file that another program keeps open is named, and nothing is written',
    files: { '.claude\\settings.json': '{}\r\n' },
    steps: [
      ...start('holder.exe', hold('.claude/settings.json', 60_000)),
      {
        args: ['--tool', 'codex,claude-code', ...keyed],
        exit: 1,
        err: ['.claude\\settings.json', 'another program has it open'],
        after: { '.codex\\config.toml': absent },
      },
      { command: [taskkill, '/IM', 'holder.exe', '/F'] },
      { args: ['status'], after: { '.claude\\settings.json': asBefore } },
    ],
  },
  {
    title: 'a file that is hidden stays so when it is written, moved and taken back',
    files: { '.claude\\settings.json': '{ "model": "opus" }\r\n', '.codex\\config.toml': '# mine\r\n' },
    steps: [
      { command: ['attrib', '+H', '%HOME%\\.claude\\settings.json'] },
      { args: ['--tool', 'claude-code,codex', ...keyed] },
      isHidden,
      isPlain,
      { args: ['switch', 'eu', '--yes', '--no-check'] },
      isHidden,
      { args: ['undo', '--yes'] },
      isHidden,
      { args: ['undo', '--yes'], after: { '.claude\\settings.json': asBefore } },
      isHidden,
      isPlain,
    ],
  },
  {
    title: 'a folder with the name of a program is none',
    env: { Path: '%HOME%\\tools;C:\\windows\\system32;C:\\windows;C:\\Program Files\\nodejs' },
    files: { 'tools\\codex\\readme': '', 'tools\\codex.exe\\readme': '' },
    steps: [{ args: ['doctor', '--no-check', '--json'], exit: null, never: [/"tool": "codex"/] }],
  },
]
