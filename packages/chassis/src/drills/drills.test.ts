import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '../testing/log.ts'
import { followDrills, openSchedule } from './follow.ts'
import { drillIdOf, drillKinds, drillRequest, ownerOfId } from './kinds.ts'
import { DrillFailure, throwingInDrill } from './throwing.ts'

const declines = { kind: 'payment-declines', percent: 50, forSeconds: 40 } as const
const running = { id: 'payment-declines', request: declines, leftMs: 10_000, placed: 0, refused: 0 }

describe('the schedule of drills', () => {
  it('ends a drill in time, although its store can be read no more', () => {
    let now = 5000
    const schedule = openSchedule(() => now)
    schedule.set([running])
    assert.equal(schedule.of('payment-declines')?.percent, 50)
    assert.equal(schedule.of('payment-declines')?.ageMs, 30_000)
    assert.equal(schedule.of('payment-away'), undefined)
    now += 9999
    assert.equal(schedule.of('payment-declines')?.ageMs, 39_999)
    now += 1
    assert.equal(schedule.of('payment-declines'), undefined)
  })
})

describe('a replica that starts', () => {
  it('knows the drills that are under way before it goes on, and reads none where drills are off', async () => {
    const read: boolean[] = []
    const replica = (isOn: boolean) => {
      const present = async () => {
        await delay(20)
        read.push(isOn)
        return [running]
      }
      return followDrills({ present } as never, isOn, silentLog)
    }
    const [on, off] = [replica(true), replica(false)]
    await Promise.all([on.known, off.known])
    assert.deepEqual([on.of('payment-declines')?.percent, off.of('payment-declines')], [50, undefined])
    await Promise.all([on.stop(), off.stop()])
    assert.ok(!read.includes(false))
  })
})

describe('a handler in a drill', () => {
  it('fails every n-th event while the drill lasts, and none else', async () => {
    let every: number | undefined = 3
    const of = () => (every === undefined ? undefined : { kind: 'handler-throws', every })
    const handle = throwingInDrill({ of } as never, async (event: number) => event)
    const outcomes = async (events: number[]) =>
      Promise.all(events.map((event) => handle(event).catch((error) => error instanceof DrillFailure)))
    assert.deepEqual(await outcomes([1, 2, 3, 4, 5, 6]), [1, 2, true, 4, 5, true])
    every = undefined
    assert.deepEqual(await outcomes([7, 8, 9]), [7, 8, 9])
  })
})

describe('what can be asked for', () => {
  it('has limits, and ends within ten minutes', () => {
    const isPossible = (request: object) => drillRequest.safeParse(request).success
    assert.ok(isPossible({ kind: 'load', perSecond: 500, forSeconds: 600, mix: { delivered: 1 } }))
    assert.ok(!isPossible({ kind: 'load', perSecond: 501, forSeconds: 600 }))
    assert.ok(!isPossible({ kind: 'load', perSecond: 1, forSeconds: 601 }))
    assert.ok(!isPossible({ kind: 'load', perSecond: 1, forSeconds: 1, mix: { delivered: 0 } }))
    assert.ok(!isPossible({ kind: 'load', perSecond: 1, forSeconds: 1, mix: { sideways: 1 } }))
    assert.ok(!isPossible({ kind: 'payment-away', percent: 100 }))
    assert.equal(drillKinds.length, 7)
  })

  it('takes the place of a drill of its kind, of the same service or server alone', () => {
    const throws = { kind: 'handler-throws', every: 1, forSeconds: 1 } as const
    assert.equal(drillIdOf({ ...throws, service: 'order' }), 'handler-throws-order')
    assert.equal(drillIdOf({ kind: 'frozen', server: 'nats', forSeconds: 1 }), 'frozen-nats')
    assert.equal(drillIdOf(declines), 'payment-declines')
    const owned = ['payment-declines', 'handler-throws-order', 'frozen-nats', 'handler-throws-nobody']
    assert.deepEqual(owned.map(ownerOfId), ['payment', 'order', 'none', undefined])
  })
})
