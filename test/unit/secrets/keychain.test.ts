import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { KeychainStore } from '../../../src/host/host.ts'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { keyAccount, openKeychain } from '../../../src/secrets/keychain.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { projectFolder } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

const refusing: KeychainStore = {
  get: () => Promise.reject(new Error('unlock prompt was dismissed')),
  set: () => Promise.reject(new Error('unlock prompt was dismissed')),
  delete: () => Promise.reject(new Error('unlock prompt was dismissed')),
  list: () => Promise.reject(new Error('unlock prompt was dismissed')),
}

test('a key comes back as it was written, and is masked wherever it is shown', async () => {
  const store = createMemoryKeychain()
  const keychain = await openKeychain({ packageFolder: projectFolder, keychain: async () => store })
  await keychain.write(keyAccount, new Secret(testKey))
  const key = await keychain.read(keyAccount)
  expect(key && Secret.reveal(key)).toBe(testKey)
  expect(inspect(key)).not.toContain(testKey)
  expect(await keychain.accounts()).toEqual([keyAccount])
  await keychain.remove(keyAccount)
  expect(await keychain.read(keyAccount)).toBeUndefined()
})

test('a keychain that refuses is a UserError with the reason and another way', async () => {
  const keychain = await openKeychain({ packageFolder: projectFolder, keychain: async () => refusing })
  const unavailable = {
    code: 'keychain-unavailable',
    exit: 1,
    message: expect.stringContaining('unlock prompt was dismissed'),
    hint: expect.stringContaining('--key-store file'),
  }
  await expect(keychain.read(keyAccount)).rejects.toMatchObject(unavailable)
  await expect(keychain.write(keyAccount, new Secret(testKey))).rejects.toMatchObject(unavailable)
  await expect(keychain.remove(keyAccount)).rejects.toMatchObject(unavailable)
  await expect(keychain.accounts()).rejects.toMatchObject(unavailable)
})

test('the words of the system are quoted without their end', async () => {
  const slow = { ...refusing, get: () => Promise.reject(new Error('Did not receive a reply.')) }
  const keychain = await openKeychain({ packageFolder: projectFolder, keychain: async () => slow })
  await expect(keychain.read(keyAccount)).rejects.toThrow(/ \(Did not receive a reply\)\.$/)
})

test.each([
  'Platform failure: DBus error: Failed to connect to socket /run/user/1000/bus: No such file or directory',
  'Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files',
])('a computer without a Secret Service is told that in plain words: %s', async (said) => {
  const absent = { ...refusing, get: () => Promise.reject(new Error(said)) }
  const keychain = await openKeychain({ packageFolder: projectFolder, keychain: async () => absent })
  await expect(keychain.read(keyAccount)).rejects.toThrow(
    `The system keychain is not available (no Secret Service on this computer; ${said.split('error: ')[1]}).`,
  )
})

test('a machine without the library is told how to install it', async () => {
  const missing = () => Promise.reject(new Error("Cannot find package '@napi-rs/keyring'"))
  await expect(openKeychain({ packageFolder: projectFolder, keychain: missing })).rejects.toMatchObject({
    code: 'keychain-unavailable',
    hint: expect.stringMatching(
      /npm install -g qcode-setup @napi-rs\/keyring@\d+\.\d+\.\d+ .*npx -p qcode-setup -p @napi-rs\/keyring@\d+\.\d+\.\d+ /,
    ),
  })
})

test('a key that the system does not list, but gives, counts as there', async () => {
  const store: KeychainStore = { ...createMemoryKeychain(), get: async () => testKey, list: async () => [] }
  const keychain = await openKeychain({ packageFolder: projectFolder, keychain: async () => store })
  expect(await keychain.accounts()).toEqual([keyAccount])
})
