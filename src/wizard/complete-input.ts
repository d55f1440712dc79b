import type { CommandContext } from '../command.ts'
import { GoneBack } from '../errors.ts'
import { type Field, fieldsOf } from '../request/fields.ts'
import { keychainKey } from '../request/normalise-request.ts'
import { type Input, type KeyStore, type ToolChoice, textOf, withValues } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { quoteWord } from '../texts/commands.ts'
import { wrapText } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { tell } from './ask.ts'
import { askKeyStore, asksKeyStore, type KeyTest, resolveKey } from './ask-key.ts'
import { type AcceptsOrigin, askRegion } from './ask-region.ts'
import { askModels, askOptions, askTools, listModels, offeredOptions } from './ask-tools.ts'
import { holdTerminal } from './hold-terminal.ts'

/** Who judges the answers while they are given. */
interface Judges {
  readonly accepts: AcceptsOrigin
  /** The input with the tools whose files can be edited; asks where there are others. */
  readonly usableTools: (input: Input, canGoBack: boolean) => Promise<Input>
  /** What the input names by then, with what stays of what is set up. */
  readonly choicesSoFar: (input: Input) => Promise<readonly ToolChoice[]>
  /** Whether it asks to install what is missing of the chosen tools, and the input with the answer. */
  readonly offerInstall: (
    input: Input,
  ) => Promise<{ readonly asks: boolean; readonly take: (canGoBack: boolean) => Promise<Input> }>
  /** As `KeyTest`, for what the input names by then. */
  readonly testKey: (key: Secret, input: Input) => ReturnType<KeyTest>
}

/**
 * What comes first where it is asked for: what is set up, then each answer that is given, so that whoever goes back meets
 * it again.
 */
export interface Presets {
  tools?: readonly string[]
  region?: string
  keyStore?: KeyStore
  key?: Secret
  /** What each tool is to use, as in `--model`. */
  models?: readonly string[]
}

/** As far as the questions have come. */
interface Answers {
  readonly input: Input
  readonly key: Secret | undefined
}

/** All of them. */
export interface Completed extends Answers {
  /** Asks the last question again, and what follows from it; undefined where nothing was asked. */
  readonly goBack?: () => Promise<Completed>
}

interface Step {
  /** Whether it will ask. */
  readonly asks: (answers: Answers) => boolean | Promise<boolean>
  readonly take: (answers: Answers, canGoBack: boolean) => Promise<Answers>
}

/**
 * Asks for what the flags did not give, and shows what they gave; the input that comes back is the one that flags would
 * have given. `key` is the one from `--key-file` or QCODE_API_KEY. Errors: UserError `cancelled` (exit 130) when the
 * user leaves, and exit 2 for flags that contradict each other; `GoneBack` where the context allows it.
 */
export async function completeInput(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
  { accepts, usableTools, choicesSoFar, offerInstall, testKey }: Judges,
  presets: Presets = {},
): Promise<Completed> {
  const { host, canGoBack = false } = context
  holdTerminal(host)
  const lines = wrapText(host.texts['ask.intro'], host.terminal.columns)
  tell(host, lines.map(styleFor(host, 'stderr').dim).join('\n'))
  // A given value is shown once, however often the questions are gone through.
  const step = (name: string, ask: (answers: Answers, canGoBack: boolean) => Promise<Input>): Step => ({
    asks: ({ input: { values } }) => values[name] === undefined,
    take: async (answers, canGoBack) => ({ ...answers, input: await ask(answers, canGoBack) }),
  })
  const region = step('region', async ({ input: so }, back) => {
    const answered = await askRegion(so, context, accepts, presets.region, back)
    return remember(presets, 'region', textOf(answered, 'region'), answered)
  })
  const listsFor = async (so: Answers) => listModels(so, await choicesSoFar(so.input), context)
  const offersFor = async (so: Answers) => offeredOptions(so, await choicesSoFar(so.input), context)
  const steps: readonly Step[] = [
    step('tool', async ({ input: so }, back) => {
      for (;;) {
        const answered = await askTools(so, context, presets.tools, back)
        remember(presets, 'tools', answered.values.tool, answered)
        const hasAsked = so.values.tool === undefined
        try {
          return await usableTools(answered, hasAsked || back)
        } catch (error) {
          if (!hasAsked || !(error instanceof GoneBack)) throw error
        }
      }
    }),
    {
      ...region,
      asks: ({ input: { values } }) => values.region === undefined && values.gateway === undefined,
    },
    {
      asks: async ({ input: so }) => (await offerInstall(so)).asks,
      take: async (answers, back) => ({
        ...answers,
        input: await (await offerInstall(answers.input)).take(back),
      }),
    },
    {
      ...step('keyStore', async ({ input: so }, back) => {
        const answered = await askKeyStore(so, host, presets.keyStore, back)
        return remember(presets, 'keyStore', (textOf(answered, 'keyStore') ?? 'file') as KeyStore, answered)
      }),
      asks: async ({ input: so }) => asksKeyStore(so, host),
    },
    {
      asks: async ({ input: so, key: given }) =>
        textOf(so, 'keyStore') !== 'env' && !given && !(await keychainKey(so, host)),
      take: async ({ input: so, key: given }, back) => {
        const settled = await resolveKey(so, given, context, (each) => testKey(each, so), presets.key, back)
        remember(presets, 'key', given ? undefined : settled, so)
        // Where the one that was given was refused, the command that does the same is not to name its source.
        return { input: given && settled !== given ? withValues(so, 'keyFile', ['-']) : so, key: settled }
      },
    },
    {
      asks: async (answers) => (await listsFor(answers)).length > 0,
      take: async (answers, back) => {
        const lists = await listsFor(answers)
        const answered = await askModels(answers.input, lists, context, presets.models, back)
        return { ...answers, input: remember(presets, 'models', answered.values.model ?? [], answered) }
      },
    },
    {
      asks: async (answers) => (await offersFor(answers)).length > 0,
      take: async (answers, back) => ({
        ...answers,
        input: await askOptions(answers.input, await offersFor(answers), context, back),
      }),
    },
  ]
  return takeSteps(steps, { input, key }, canGoBack)
}

/** Notes an answer, where there is one; gives the input back. */
function remember<Name extends keyof Presets>(
  presets: Presets,
  name: Name,
  answer: Presets[Name] | undefined,
  input: Input,
): Input {
  if (answer !== undefined) presets[name] = answer
  return input
}

/** A question that was asked, and the answers before it. */
interface Asked {
  readonly index: number
  readonly before: Answers
}

/**
 * One step after the other, from one of them on; a question that is gone back from leads to the one before it that was asked.
 * `canLeave`: from the first one as well.
 */
async function takeSteps(
  steps: readonly Step[],
  start: Answers,
  canLeave: boolean,
  from = 0,
  before: readonly Asked[] = [],
): Promise<Completed> {
  const asked = [...before]
  let answers = start
  for (let index = from; index < steps.length; ) {
    const step = steps[index] as Step
    const before = answers
    try {
      const asks = await step.asks(before)
      answers = await step.take(before, canLeave || asked.length > 0)
      if (asks) asked.push({ index, before })
      index += 1
    } catch (error) {
      const last = error instanceof GoneBack ? asked.pop() : undefined
      if (last === undefined) throw error
      index = last.index
      answers = last.before
    }
  }
  const last = asked.at(-1)
  if (last === undefined) return answers
  const goBack = () => takeSteps(steps, last.before, canLeave, last.index, asked.slice(0, -1))
  return { ...answers, goBack }
}

/**
 * The command line that does the same without questions. The key is left out: where no variable and no file holds it,
 * the command reads it from standard input. `asks`: one that asks for the key, and before it writes.
 */
export function equivalentCommand(input: Input, { host, catalog }: CommandContext, asks?: 'asks'): string {
  const withKey = !asks && needsKey(input, host.env) ? withValues(input, 'keyFile', ['-']) : input
  const switches = new Set([...input.switches, ...(asks ? [] : ['yes'])])
  const flags = fieldsOf('setup', catalog).flatMap(([name, field]) =>
    flagsOf(field, withKey.values[name] ?? [], switches.has(name)),
  )
  return ['qcode-setup', ...flags].join(' ')
}

function needsKey(input: Input, env: Readonly<Record<string, string | undefined>>): boolean {
  const given = textOf(input, 'keyFile') !== undefined || Boolean(env.QCODE_API_KEY)
  // What is kept in the keychain is there once the command has run.
  return !given && (textOf(input, 'keyStore') ?? 'file') === 'file'
}

function flagsOf({ flag, value, many }: Field, values: readonly string[], isOn: boolean): string[] {
  if (value === undefined) return isOn ? [`--${flag}`] : []
  return values.slice(many ? 0 : -1).flatMap((text) => [`--${flag}`, quoteWord(text)])
}
