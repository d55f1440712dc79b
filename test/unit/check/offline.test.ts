import { expect, it } from 'vitest'
import { hostTransport } from '../../../src/checks/check-gateway.ts'
import { createTestHost } from '../../support/test-host.ts'

it('a command that declares no network cannot ask a gateway', () => {
  expect(() => hostTransport({ ...createTestHost('/nowhere'), isOffline: true })).toThrow(
    'declares no network',
  )
  expect(() => hostTransport(createTestHost('/nowhere'))).not.toThrow()
})
