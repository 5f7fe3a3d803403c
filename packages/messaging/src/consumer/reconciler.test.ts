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

it('has compared nothing that lies in the future when the clock was set back', async (t) => {
  let isConnected = true
  const broker = { isConnected: () => isConnected, onReconnect() {} } as unknown as Broker
  const state = { deadLetters: { newest: async () => [] } } as unknown as HandledState
  const result = { missed: 0, unresolved: 0, oldestInFlight: Number.POSITIVE_INFINITY, isAhead: false }
  const comparisons = [{ stream: 'NUDGES', compare: async () => result }]
  const settings = { broker, log: quietLog, compareEveryMs: 10 }
  const reconciler = openConsumerReconciler(settings, state, comparisons)
  await eventually(() => assert.ok(reconciler.comparedUntil('NUDGES') > 0, 'not compared yet'))
  isConnected = false
  const now = Date.now
  t.mock.method(Date, 'now', () => now() - 2 * 3_600_000)
  assert.ok(reconciler.comparedUntil('NUDGES') <= Date.now(), 'it claims the future')
  await reconciler.stop()
})
