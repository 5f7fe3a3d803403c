import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LossCase, loseAPart } from '../testing/broker-loss.ts'

// `pnpm matrix` runs all cases; these are the ones in which events were lost before.
const cases: LossCase[] = [
  { version: '2.10.26', servers: 1, lost: 'stream more than consumer', isUnderLoad: false },
  { version: '2.10.26', servers: 1, lost: 'stream', isUnderLoad: true },
  { version: '2.15.1', servers: 1, lost: 'dead letters', isUnderLoad: false },
  { version: '2.15.1', servers: 3, lost: 'stream more than consumer', isUnderLoad: true },
  { version: '2.15.1', servers: 3, lost: 'stream', isUnderLoad: false, isUnseen: true },
]

describe('a broker that loses a part of what it had', { timeout: 300_000 }, () => {
  for (const one of cases) {
    const { version, servers, lost, isUnderLoad, isUnseen } = one
    const where = `${servers === 1 ? 'one server' : 'three servers'} of ${version}`
    const how = `${isUnderLoad ? 'under load' : 'idle'}${isUnseen ? ', unseen by the clients' : ''}`
    it(`leaves every event handled once, and every dead letter: ${lost}, ${where}, ${how}`, async () => {
      const { events, poison, tookMs, ...missing } = await loseAPart(one)
      assert.ok(events > poison && poison > 0 && tookMs > 0, 'nothing happened')
      assert.deepEqual(missing, { unpublished: 0, unhandled: 0, handledTwice: 0, withoutDeadLetter: 0 })
    })
  }
})
