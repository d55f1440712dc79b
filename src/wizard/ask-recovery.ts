import type { RunRecord } from '../apply/run-record.ts'
import type { Host } from '../host/host.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { messagesFor } from '../ui/locale.ts'
import { askSelect } from './ask.ts'
import { warn } from './say.ts'

/** What to do with a run that was killed half-way, before anything else is written. */
export function askRecovery(
  run: Pick<RunRecord, 'id' | 'command' | 'files' | 'keychain'>,
  host: Host,
): Promise<'finish' | 'undo'> {
  const texts = messagesFor(host).recovery
  warn(
    host,
    texts.stopped(run.id, run.command),
    ...run.files.map(({ path }) => path),
    ...(run.keychain ? [keychainTitle] : []),
  )
  return askSelect<'finish' | 'undo'>(host, texts.question, [
    { value: 'undo', name: texts.undo },
    { value: 'finish', name: texts.finish },
  ])
}
