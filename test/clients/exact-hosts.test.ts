import { afterAll, describe, expect, test } from 'vitest'
import { findRegion } from '../../src/gateway/gateway.ts'
import { makeCertificates } from '../support/make-certificates.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { clientRunner } from './client-runners.ts'
import { exactRuns, exactWrongs, hasExactHosts } from './exact-runs.ts'
import { judgeForRunner } from './judge-for-runner.ts'
import { openFront } from './open-front.ts'
import { makePlace, type Place } from './place.ts'
import { goodRow, recordProof, wrongRow } from './proof-rows.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { setUp } from './set-up.ts'
import { goodTurn, takeTurn, wrongTurn } from './take-turn.ts'
import { writtenLines } from './written-lines.ts'
import { takeWrongTurn } from './wrong-turn.ts'

const certificates = await makeCertificates()
afterAll(certificates.drop)

/** A place whose gateway answers at the addresses of the regions. */
async function makeExactPlace(): Promise<Place> {
  const place = await makePlace()
  const { origin } = place.standIn
  await openFront(origin, { address: '127.0.0.1', port: 443, certificate: certificates.good })
  await openFront(origin, { address: '103.236.53.153', port: 80 })
  return place
}

/** The client trusting the authority of this run, each by the variable that it knows. */
function trusting(id: string): ClientRunner {
  const runner = clientRunner(id)
  const { authority } = certificates
  return { ...runner, env: { ...runner.env, NODE_EXTRA_CA_CERTS: authority, SSL_CERT_FILE: authority } }
}

describe.skipIf(!hasExactHosts)(
  'with the exact addresses (skipped: no private mount and network here)',
  () => {
    test.each(exactRuns)('region %s, %s', async (id, client) => {
      const region = findRegion(testCatalog.gateway, id)
      if (!region) throw new Error(`no region ${id}`)
      const runner = trusting(client)
      const place = await makeExactPlace()
      const report = await setUp([runner], place, [], ['--region', id])
      expect(report.edits.map(({ baseUrl }) => baseUrl)).toContain(region.origin + runner.base)
      const turn = await takeTurn(runner, place)
      expect(turn).toMatchObject(goodTurn(runner))
      await recordProof(goodRow(runner, id, await writtenLines(report, place), turn))
    })

    test.each(exactWrongs)('breaks $rule with $base', async (wrong) => {
      const runner = trusting('openai-js-6.49.0')
      const place = await makeExactPlace()
      await setUp([runner], place, [], ['--region', 'global'])
      const { spoiled, turn } = await takeWrongTurn(
        runner,
        wrong,
        place,
        `https://api.qcode.cc${runner.base}`,
      )
      expect(spoiled).toBeGreaterThan(0)
      expect(turn).toMatchObject(wrongTurn(wrong))
      expect(judgeForRunner(runner, wrong.base).problems.map(({ rule }) => rule)).toContain(wrong.rule)
      await recordProof(wrongRow(runner, wrong, turn))
    })
  },
)
