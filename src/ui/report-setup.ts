import type { UndoState } from '../apply/plan-undo.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { Plan, PlanRow } from '../plan/plan.ts'
import type { KeyStore } from '../request/request.ts'
import { escapeNewlines } from '../texts/message.ts'
import { renderTable, shortenHome } from './render-table.ts'
import { styleFor } from './style.ts'

interface SetupReport {
  readonly plan: Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  /** What is wrong with what the clients will do. */
  readonly effect?: readonly Finding[]
  readonly dryRun: boolean
  /** The command line that does the same without questions, where questions were asked. */
  readonly sameCommand?: string
}

/** The result of a setup or a switch: the files as a table, and what to type next. */
export function reportSetup(
  { plan, run, diff, effect = [], dryRun, sameCommand }: SetupReport,
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  if (plan.rows.length === 0) return { report: texts.nothingSetUp, next: [] }
  const variables = plan.rows.some(({ format, action }) => format.endsWith('-env') && action !== 'unchanged')
  return {
    report: [...(diff ? [diff] : []), renderPlan(plan.rows, host), ...renderKeychain(plan, host)].join('\n'),
    next: [
      ...(dryRun ? [texts.dryRun] : plan.edits.length === 0 && !plan.keychain ? [texts.alreadyRight] : []),
      // Where a new shell does not reach them, or something else wins there, the findings say so.
      ...(variables && run && effect.length === 0 ? [texts.newShell] : []),
      ...(sameCommand === undefined ? [] : [texts.sameCommand(sameCommand)]),
      ...(run === undefined ? [] : [texts.undo]),
    ],
  }
}

/** The texts of the results of commands. */
export interface ReportTexts {
  readonly tool: string
  readonly place: string
  readonly result: string
  readonly baseUrl: string
  readonly region: string
  readonly unencrypted: (region: string) => string
  readonly request: string
  readonly reply: string
  readonly state: string
  readonly actions: Readonly<Record<'create' | 'update' | 'unchanged' | 'remove', string>>
  readonly states: Readonly<Record<'as-written' | 'changed' | 'missing' | 'unreadable', string>>
  readonly dryRun: string
  readonly alreadyRight: string
  readonly sameCommand: (command: string) => string
  readonly newShell: string
  readonly files: string
  readonly keychain: string
  readonly key: string
  readonly keyStores: Readonly<Record<KeyStore, string>>
  readonly gateway: (origin: string) => string
  readonly undo: string
  readonly nothingOfOurs: string
  readonly undone: (run: string) => string
  readonly wouldUndo: (run: string) => string
  readonly nothingToUndo: string
  readonly runs: readonly [id: string, time: string, command: string, state: string, files: string]
  readonly undoStates: Readonly<Record<UndoState, string>>
  readonly nothingSetUp: string
  readonly demoWorked: string
  readonly demoFailed: string
  readonly startWizard: string
}

const en: ReportTexts = {
  tool: 'Tool',
  place: 'For',
  result: 'Result',
  baseUrl: 'Base URL',
  region: 'Region',
  unencrypted: (region) => `${region} (plain HTTP)`,
  request: 'Request',
  reply: 'Reply',
  state: 'State',
  actions: { create: 'created', update: 'changed', unchanged: 'right already', remove: 'taken out' },
  states: {
    'as-written': 'as written',
    changed: 'changed since',
    missing: 'values missing',
    unreadable: 'cannot be read',
  },
  dryRun: 'Nothing was written (--dry-run).',
  alreadyRight: 'Everything is right already; nothing was written.',
  sameCommand: (command) => `The same without questions: ${command}`,
  newShell: 'The variables are there in every new shell; open one.',
  files: 'Files',
  keychain: 'Keychain',
  key: 'Key',
  keyStores: { file: 'in its files', env: 'your variables', keychain: 'keychain' },
  gateway: (origin) => `The gateway of this demo: ${origin}`,
  undo: 'To take this back: qcode-setup undo',
  nothingOfOurs: 'Nothing to remove.',
  undone: (run) => `Run ${run} was taken back:`,
  wouldUndo: (run) => `Run ${run} would be taken back (--dry-run):`,
  nothingToUndo: 'Nothing to undo.',
  runs: ['Run', 'Time', 'Command', 'State', 'Files'],
  undoStates: {
    'can-undo': 'can be undone',
    undone: 'undone',
    undo: 'is an undo',
    'key-replaced': 'replaced the key: stays',
    purged: 'backups deleted',
    unfinished: 'interrupted',
  },
  nothingSetUp: 'Nothing is configured yet. Run: qcode-setup',
  demoWorked:
    'Every tool was set up in a throw-away home, and each request found its route. All of it is gone again.',
  demoFailed: 'Not every request found its route. That is a fault of this program; please report it.',
  startWizard: 'To do this for real, type: qcode-setup',
}

const zhCn: ReportTexts = {
  tool: '工具',
  place: '范围',
  result: '结果',
  baseUrl: 'Base URL',
  region: '区域',
  unencrypted: (region) => `${region}（明文 HTTP）`,
  request: '请求',
  reply: '回复',
  state: '状态',
  actions: { create: '已创建', update: '已修改', unchanged: '已正确', remove: '已移除' },
  states: {
    'as-written': '与写入时一致',
    changed: '之后被修改',
    missing: '缺少设置',
    unreadable: '无法读取',
  },
  dryRun: '未写入任何内容（--dry-run）。',
  alreadyRight: '一切已正确，未写入任何内容。',
  sameCommand: (command) => `等效的免提问命令：${command}`,
  newShell: '变量在新的终端中生效，请打开一个新终端。',
  files: '文件',
  keychain: '系统钥匙串',
  key: '密钥',
  keyStores: { file: '在其文件中', env: '您的环境变量', keychain: '系统钥匙串' },
  gateway: (origin) => `演示用的本机网关：${origin}`,
  undo: '撤销本次操作：qcode-setup undo',
  nothingOfOurs: '没有可移除的内容。',
  undone: (run) => `已撤销运行 ${run}：`,
  wouldUndo: (run) => `将撤销运行 ${run}（--dry-run）：`,
  nothingToUndo: '没有可撤销的操作。',
  runs: ['编号', '时间', '命令', '状态', '文件'],
  undoStates: {
    'can-undo': '可撤销',
    undone: '已撤销',
    undo: '是一次撤销',
    'key-replaced': '已更换密钥，无法撤销',
    purged: '备份已删除，无法撤销',
    unfinished: '被中断',
  },
  nothingSetUp: '尚未进行任何设置。请运行：qcode-setup',
  demoWorked: '已在临时主目录中设置全部工具，每个请求都到达了正确的路由。临时内容已全部清除。',
  demoFailed: '并非所有请求都到达正确的路由。这是本程序的缺陷，请反馈。',
  startWizard: '正式设置请运行：qcode-setup',
}

/** In the language of the environment. */
export function reportTextsFor(host: Pick<Host, 'texts'>): ReportTexts {
  return host.texts.language === 'zh-CN' ? zhCn : en
}

type Action = PlanRow['action']

/** What a plan does: one row a tool with its base URL, then every file once. */
export function renderPlan(rows: readonly PlanRow[], host: Host): string {
  const texts = reportTextsFor(host)
  const tools = [...new Set(rows.map(({ tool }) => tool))].map((tool) => {
    const own = rows.filter((row) => row.tool === tool)
    return [tool, texts.actions[strongest(own.map(({ action }) => action))], own[0]?.baseUrl ?? '']
  })
  const head = [texts.tool, texts.result, texts.baseUrl]
  const table = renderTable(head, tools, styleFor(host, 'stdout'), host.terminal.columns)
  const files = new Map(rows.map(({ path, action }) => [path, action]))
  const lines = [...files].map(([path, action]) => `  ${shortenHome(path, host)} (${texts.actions[action]})`)
  return [table, '', `${texts.files}:`, ...lines].join('\n')
}

/** A tool is unchanged only when all of its files are. */
function strongest(actions: readonly Action[]): Action {
  return actions.find((action) => action !== 'unchanged') ?? 'unchanged'
}

/** What a plan does to the keychain, as one line; none where it leaves that alone. The key is shown masked. */
export function renderKeychain({ keychain }: Plan, host: Host): string[] {
  if (!keychain) return []
  const { keychain: name, actions } = reportTextsFor(host)
  const { before, after } = keychain
  if (after.kind === 'absent') return [`${name} (${actions.remove})`]
  return [`${name}: ${after.key} (${actions[before.kind === 'absent' ? 'create' : 'update']})`]
}

interface RemovalReport {
  readonly plan: Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
}

/** The result of a removal: the files that lost what was ours. */
export function reportRemoval(
  { plan, run, diff, dryRun }: RemovalReport,
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  if (plan.rows.length === 0) return { report: texts.nothingOfOurs, next: [] }
  const files = new Map(plan.rows.map(({ path, action }) => [path, action]))
  const lines = [...files].map(([path, action]) => `  ${shortenHome(path, host)} (${texts.actions[action]})`)
  return {
    report: [...(diff ? [diff] : []), `${texts.files}:`, ...lines].join('\n'),
    next: [...(dryRun ? [texts.dryRun] : []), ...(run === undefined ? [] : [texts.undo])],
  }
}

/** The result of an undo: what is as it was before the run. */
export function reportUndo(
  undone: {
    readonly run: string | null
    readonly targets: readonly string[]
    readonly dryRun: boolean
    readonly diff: string | undefined
  },
  host: Host,
): string {
  const texts = reportTextsFor(host)
  const { run, targets, dryRun, diff } = undone
  if (run === null) return texts.nothingToUndo
  const title = dryRun ? texts.wouldUndo(run) : texts.undone(run)
  return [...(diff ? [diff] : []), title, ...targets.map((what) => `  ${escapeNewlines(what)}`)].join('\n')
}

/** The runs of this machine as a table, and below it the files that each changed. */
export function reportRuns(
  runs: readonly {
    readonly id: string
    readonly startedAt: string
    readonly command: string
    readonly state: UndoState
    readonly files: readonly string[]
  }[],
  host: Host,
): string {
  const texts = reportTextsFor(host)
  if (runs.length === 0) return texts.nothingToUndo
  const rows = runs.map(({ id, startedAt, command, state, files }) => [
    id,
    startedAt.replace('T', ' ').replace(/\..*$/, ' UTC'),
    command,
    texts.undoStates[state],
    files.map((file) => shortenHome(file, host)).join(', '),
  ])
  return renderTable([...texts.runs], rows, styleFor(host, 'stdout'), host.terminal.columns)
}
