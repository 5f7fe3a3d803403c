import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { openViews } from '../store/view-store.ts'
import { apiOn, story } from '../testing/views.ts'

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

/** The view of an order, of which its placing may still be unheard. */
async function seen(...names: Parameters<typeof story>[1] & object): Promise<string> {
  const orderId = uuidv7()
  for (const entry of story(orderId, names)) await views.add({ orderId, entry })
  return orderId
}
const placed = await seen('OrderPlaced')
const unheard = await seen('PaymentVoided')
const own = branch(String((await views.find(placed))?.branchId))

describe('a branch', () => {
  it('sees where its own orders stand, and not another’s', async () => {
    assert.equal(await statusOf(own, `/orderDashboards/${placed}`), 200)
    assert.deepEqual(await listed(own), [placed])
    const other = branch('another')
    assert.equal((await readProblem(ask(other, `/orderDashboards/${placed}`))).code, 'not-found')
    assert.deepEqual(await listed(other), [])
  })

  it('does not see what nobody knows the branch of; an operator does', async () => {
    assert.equal(await statusOf(own, `/orderDashboards/${unheard}`), 404)
    assert.equal(await statusOf(operator, `/orderDashboards/${unheard}`), 200)
    assert.deepEqual(await listed(operator), [unheard, placed])
  })
})

it('a courier sees no order', async () => {
  for (const path of ['/orderDashboards', `/orderDashboards/${placed}`])
    assert.equal((await readProblem(ask(courier, path))).code, 'not-permitted')
})

it('nobody sees one who comes past the gateway', async () => {
  const headers = await gate.as(operator, 'order')
  for (const init of [{}, { headers }])
    assert.equal((await app.request('/orderDashboards', init)).status, 401)
})
