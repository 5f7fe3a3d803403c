import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Broker } from '../nats/connection.ts'
import { eventually } from '../testing/eventually.ts'
import { quietLog } from '../testing/log.ts'
import type { HandledState } from './policy.ts'
import { openConsumerReconciler } from './reconciler.ts'

it('passes an event that cannot be handled, after a time', async () => {
  const broker = { isConnected: () => true, onReconnect() {} } as unknown as Broker
  const state = { deadLetters: { newest: async () => [] } } as unknown as HandledState
  let compared = 0
  const compare = async () => {
    compared += 1
    return { missed: 0, unresolved: 1, oldestInFlight: Number.POSITIVE_INFINITY, isAhead: false }
  }
  const began = Date.now()
  const comparisons = [{ stream: 'NUDGES', compare }]
  const reconciler = openConsumerReconciler(
    { broker, log: quietLog, compareEveryMs: 10 },
    state,
    comparisons,
    500,
  )
  await eventually(() => assert.equal(compared, 1))
  assert.ok(reconciler.comparedUntil('NUDGES') < began, 'it waits at first')
  await eventually(() => assert.ok(reconciler.comparedUntil('NUDGES') >= began, 'it waits for ever'))
  await reconciler.stop()
})
