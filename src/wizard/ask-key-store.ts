import { setTimeout } from 'node:timers/promises'
import type { Host } from '../host/host.ts'
import { type Input, textOf } from '../request/input.ts'
import type { KeyStore } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { messagesFor } from '../ui/locale.ts'
import { askSelect } from './ask.ts'
import { withValues } from './with-values.ts'

/** A keychain that does not answer by then is not offered, in ms. */
const patience = 1500

/** Where to keep the key: asked only where this machine has a keychain that answers; the default stays the files. */
export async function askKeyStore(input: Input, host: Host): Promise<Input> {
  if (textOf(input, 'keyStore') !== undefined || !(await answers(host))) return input
  const { question, file, keychain } = messagesFor(host).keyStore
  const store = await askSelect<KeyStore>(
    host,
    question,
    [
      { value: 'file', ...file },
      { value: 'keychain', ...keychain },
    ],
    'file',
  )
  return store === 'file' ? input : withValues(input, 'keyStore', [store])
}

async function answers(host: Host): Promise<boolean> {
  const giveUp = new AbortController()
  const read = openKeychain(host)
    .then((keychain) => keychain.read(keyAccount))
    .then(
      () => true,
      () => false,
    )
  const late = setTimeout(patience, false, { signal: giveUp.signal }).catch(() => false)
  const answered = await Promise.race([read, late])
  giveUp.abort()
  return answered
}
