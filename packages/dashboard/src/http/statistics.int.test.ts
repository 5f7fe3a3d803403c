import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { isTimeLimit } from '../store/mongo-errors.ts'
import { openViews } from '../store/view-store.ts'
import { apiOn } from '../testing/api.ts'
import { mongoProxy } from '../testing/mongo-proxy.ts'
import { addStory } from '../testing/stories.ts'

const mongo = await testMongo()
const views = openViews(mongo.url)
await views.connect()
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})

/** For each number another period. */
const period = (n: number) =>
  `since=2026-01-01T00:00:${String(n).padStart(2, '0')}Z&until=2026-01-01T00:30:00Z`

describe('statistics', () => {
  it('are counted for a few callers at once, and for one branch in one of the places only', async () => {
    const gate = testCallerTokens('dashboard')
    const held: (() => void)[] = []
    let [running, most] = [0, 0]
    const countPeriod: typeof views.countPeriod = async (...query) => {
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => held.push(resolve))
      running -= 1
      return views.countPeriod(...query)
    }
    const app = apiOn({ ...views, countPeriod }, gate.requireCaller)
    const ask = async (caller: Caller, n: number) => {
      const headers = await gate.as(caller)
      return app.request(`/orderDashboards/statistics?${period(n)}`, { headers })
    }
    const greedy = Array.from({ length: 22 }, (_, n) => ask({ ...branch('1'), subject: `kim ${n}` }, n))
    await eventually(() => assert.equal(running, 1))
    const refused = { status: 503, code: 'statistics-busy', places: [] }
    assert.deepEqual(await readProblem(ask(branch('1'), 30)), refused)
    const modest = [ask(branch('2'), 0), ask(operator, 0)]
    await eventually(() => assert.equal(running, 3))
    const release = setInterval(() => held.shift()?.(), 1).unref()
    for (const { status } of await Promise.all(modest)) assert.equal(status, 200)
    // On a busy machine some have waited for too long.
    for (const { status } of await Promise.all(greedy)) assert.ok(status === 200 || status === 503)
    clearInterval(release)
    assert.equal(most, 3)
  })

  it('that take the store too long are answered as a problem, and end when their time is over', async () => {
    const slow = { ok: 0, code: 50, codeName: 'MaxTimeMSExpired', errmsg: 'operation exceeded time limit' }
    await using proxy = await mongoProxy(mongo.url, (command) =>
      command.find === 'orders_v1' ? slow : undefined,
    )
    const through = openViews(proxy.url)
    after(through.close)
    await addStory(through, ['OrderPlaced'])
    const answer = apiOn(through).request('/orderDashboards/statistics')
    assert.deepEqual(await readProblem(answer), { status: 503, code: 'statistics-too-slow', places: [] })
    const period = { since: 0, until: Date.now(), stepMs: 60_000 }
    await using silent = await mongoProxy(mongo.url, ({ find }) =>
      find === 'orders_v1' ? 'held' : undefined,
    )
    const unanswered = openViews(silent.url)
    after(unanswered.close)
    await assert.rejects(unanswered.countPeriod(period, 1), isTimeLimit)
    assert.ok(proxy.commands.some(({ find, maxTimeMS }) => find && maxTimeMS === 5000))
  })
})
