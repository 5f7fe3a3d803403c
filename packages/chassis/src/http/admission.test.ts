import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { Overloaded, openAdmission, type WorkPlace } from './admission.ts'
import { openConcurrencyLimit } from './concurrency-limit.ts'

const outcomeOf = (entering: Promise<WorkPlace>) => entering.catch((error: Error) => error)

describe('admission', () => {
  let time = 0
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
  afterEach(() => mock.timers.reset())
  const pass = (ms: number) => {
    time += ms
    mock.timers.tick(ms)
  }
  const open = (first = 4) => openAdmission({ first, max: 100, targetMs: 800 }, () => time)
  const enter = (admission: ReturnType<typeof open>, count: number, caller: string) =>
    Promise.all(Array.from({ length: count }, () => admission.enter(caller)))

  it('lets a burst wait for places, in the order of its requests', async () => {
    const admission = open(2)
    const [first] = await enter(admission, 2, 'a')
    const order: number[] = []
    for (const i of [1, 2, 3]) void admission.enter('a').then(() => order.push(i))
    assert.equal(admission.queued(), 3)
    first?.leave()
    first?.leave()
    await new Promise(setImmediate)
    assert.deepEqual(order, [1])
    assert.equal(admission.underWay(), 2)
  })

  it('refuses what has waited too long', async () => {
    const admission = open(1)
    await admission.enter()
    const late = outcomeOf(admission.enter())
    pass(500)
    assert.ok((await late) instanceof Overloaded)
    assert.equal(admission.queued(), 0)
  })

  it('refuses at once while its queue does not get empty, and no longer than that', async () => {
    const admission = open(1)
    const place = await admission.enter()
    const queued = admission.enter()
    assert.equal(admission.refuses(), false)
    pass(250)
    assert.equal(admission.refuses(), true)
    await assert.rejects(admission.enter(), Overloaded)
    place.leave()
    await queued
    assert.equal(admission.refuses(), false)
  })

  it('serves a modest caller first, while a greedy one takes all that it gets', async () => {
    const admission = open(4)
    const greedy = await enter(admission, 4, 'greedy')
    for (let i = 0; i < 50; i++) void outcomeOf(admission.enter('greedy'))
    pass(250)
    assert.equal(admission.refuses('greedy'), true)
    assert.equal(admission.refuses('modest'), false)
    const modest = admission.enter('modest')
    greedy[0]?.leave()
    assert.ok(await modest)
    // Its share is two of four now.
    const second = admission.enter('modest')
    greedy[1]?.leave()
    assert.ok(await second)
    assert.equal(admission.refuses('modest'), true)
  })

  it('makes room for a modest caller in a full queue', async () => {
    const admission = openAdmission({ first: 2, max: 2, targetMs: 800 }, () => time)
    const [place] = await enter(admission, 2, 'greedy')
    const queued = [1, 2].map(() => outcomeOf(admission.enter('greedy')))
    await assert.rejects(admission.enter('greedy'), Overloaded)
    const modest = admission.enter('modest')
    assert.ok((await queued[1]) instanceof Overloaded)
    place?.leave()
    assert.ok(await modest)
  })

  it('does not count a request that has not arrived yet', async () => {
    const admission = open(1)
    const place = await admission.enter('slow')
    const queued = admission.enter()
    place.pause()
    const next = await queued
    place.resume()
    assert.equal(admission.underWay(), 2)
    place.pause()
    place.leave()
    next.leave()
    place.resume()
    assert.equal(admission.underWay(), 0)
  })
})

describe('the limit of requests under way', () => {
  const options = { first: 200, max: 1000, targetMs: 500 }

  /** The limits over 20 s, of a service that answers `perSecond` requests, one after another, and has as many as it may. */
  function limitsAt(perSecond: number, wanted = 5000) {
    const limit = openConcurrencyLimit(options)
    const line: number[] = []
    const took: number[] = []
    const step = 1000 / perSecond
    for (let now = 0; now < 20_000; now += step) {
      while (!limit.isReached() && line.length < wanted) {
        line.push(now)
        limit.enter(now)
      }
      took.push(now - Number(line.shift()))
      limit.leave(now, true)
    }
    return {
      limit: limit.current(),
      slowestAtEnd: took.slice(took.length / 4).reduce((a, b) => Math.max(a, b)),
    }
  }

  it('is as long as the line that is answered in time', () => {
    for (const perSecond of [50, 100, 500, 1500]) {
      const { limit, slowestAtEnd } = limitsAt(perSecond)
      assert.ok(Math.abs(limit / perSecond - 0.5) < 0.15, `${limit} at ${perSecond} a second`)
      assert.ok(slowestAtEnd < 900, `${slowestAtEnd} ms at ${perSecond} a second`)
    }
  })

  it('does not shrink to nothing, and grows to its maximum only', () => {
    assert.equal(limitsAt(5).limit, 16)
    assert.equal(limitsAt(10_000).limit, 1000)
  })

  it('does not change for a slow service that has few requests', () => {
    assert.equal(limitsAt(5, 20).limit, 200)
  })
})
