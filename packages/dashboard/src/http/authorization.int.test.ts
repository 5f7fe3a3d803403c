import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { testMongo } from '@saucery/servers/testing/servers'
import { openViews } from '../store/view-store.ts'
import { apiOn } from '../testing/api.ts'
import { addStory, story } from '../testing/stories.ts'

const mongo = await testMongo()
const views = openViews(mongo.url)
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})
const gate = testCallerTokens('dashboard')
const app = apiOn(views, gate.requireCaller)

const ask = async (caller: Caller, path: string) => app.request(path, { headers: await gate.as(caller) })
const statusOf = async (caller: Caller, path: string) => (await ask(caller, path)).status
const listed = async (caller: Caller, query = '') => {
  const { items } = (await (await ask(caller, `/orderDashboards?${query}`)).json()) as ListPage<{
    orderId: string
  }>
  return items.map(({ orderId }) => orderId)
}

const placed = await addStory(views, ['OrderPlaced'])
const [completed] = story(placed, ['DeliveryCompleted'])
assert.ok(completed)
await views.add({ orderId: placed, entry: { ...completed, actor: { subject: 'lee', role: 'courier' } } })
/** Its placing has not arrived yet, so its branch is not known. */
const unknown = await addStory(views, ['PaymentVoided'])
const own = branch(String((await views.find(placed))?.branchId))

describe('a branch', () => {
  it('sees its own orders, and no other branch’s', async () => {
    assert.equal(await statusOf(own, `/orderDashboards/${placed}`), 200)
    assert.deepEqual(await listed(own), [placed])
    const other = branch('another')
    assert.equal((await readProblem(ask(other, `/orderDashboards/${placed}`))).code, 'not-found')
    assert.deepEqual(await listed(other), [])
  })

  it('does not learn from its orders how many events others had, or who works elsewhere', async () => {
    const [one, page] = [`/orderDashboards/${placed}`, '/orderDashboards']
    const after = `${one}?after=${(await views.find(placed))?.timeline[0]?.id}`
    for (const path of [one, after, page]) {
      const shown = async (caller: Caller) => (await ask(caller, path)).text()
      assert.match(await shown(own), /"timeline":\[\{"id":/)
      assert.doesNotMatch(await shown(own), /sequence/i)
      assert.match(await shown(operator), /"sequence":10/)
      assert.match(await shown(own), /"actor":\{"role":"courier"\}/)
      assert.match(await shown(operator), /"actor":\{"subject":"lee","role":"courier"\}/)
    }
  })

  it('does not see an order whose branch is not known; an operator does', async () => {
    assert.equal(await statusOf(own, `/orderDashboards/${unknown}`), 404)
    assert.equal(await statusOf(operator, `/orderDashboards/${unknown}`), 200)
    assert.deepEqual(await listed(operator), [unknown, placed])
  })
})

it('a courier sees no order', async () => {
  for (const path of ['/orderDashboards', `/orderDashboards/${placed}`])
    assert.equal((await readProblem(ask(courier, path))).code, 'not-permitted')
})

it('no order is shown to a request that bypasses the gateway', async () => {
  const headers = await gate.as(operator, 'order')
  for (const init of [{}, { headers }])
    assert.equal((await app.request('/orderDashboards', init)).status, 401)
})
