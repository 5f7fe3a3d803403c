import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { getJson, readProblem } from '@saucery/chassis/testing/http'
import { eventually } from '@saucery/messaging/testing/eventually'
import { assemble } from '../testing/orders.ts'
import { neverOpen, testPaymentWait } from '../testing/payment-wait.ts'

const service = await testPaymentWait()
after(() => service[Symbol.asyncDispose]())
const { answerTo, app, publishedOf, replica } = service

describe('an order that waits while its branch fills its places', () => {
  it('is placed and answered at once, and a strict one refused, while other branches wait', async () => {
    const own = assemble(await replica(), neverOpen, { waits: 10 })
    const held = [1, 2].map(() => answerTo('silent', 'wait=40', own.app))
    await eventually(() => assert.equal(own.waitPlaces.inUse(), 2))

    const atOnce = await answerTo('silent', 'wait=40, handling=lenient', own.app)
    assert.deepEqual([atOnce.status, atOnce.order.status, atOnce.applied], [202, 'PLACED', null])
    assert.deepEqual(await publishedOf(atOnce.id), ['OrderPlaced'])

    const placed = async () => (await getJson<{ items: [] }>(app, '/orders?branchId=silent')).items.length
    await eventually(async () => assert.equal(await placed(), 3))
    const { response } = await answerTo('silent', 'wait=40, handling=strict', own.app)
    assert.equal(response.headers.get('retry-after'), '1')
    assert.deepEqual(await readProblem(response), { status: 503, code: 'too-many-waits', places: [] })
    assert.equal(await placed(), 3)

    assert.equal((await answerTo('approved', 'wait=40, handling=strict', own.app)).order.status, 'PAID')
    own.watches.end()
    for (const { status } of await Promise.all(held)) assert.equal(status, 202)
    assert.equal(own.waitPlaces.inUse(), 0)
  })
})

describe('an order that waits while payments are late', () => {
  it('is answered at once, but for a few that try; when one of those is paid, all wait again', async () => {
    const late = { PAYMENT_BREAKER_VOLUME: 3, PAYMENT_BREAKER_TIMEOUT_MS: 50 }
    const own = assemble(await replica(), late)
    const trying = Array.from({ length: 9 }, () => answerTo('silent', 'wait=40', own.app))
    const paidLater = answerTo('later', 'wait=40', own.app)
    await eventually(() => assert.equal(own.waitPlaces.inUse(), 10))
    const atOnce = await eventually(async () => {
      const answer = await answerTo('silent', 'wait=5', own.app)
      assert.equal(answer.applied, null)
      return answer
    })
    assert.ok(atOnce.took < 4000, `${atOnce.took} ms`)
    assert.equal(atOnce.status, 202)

    await service.approveNewest('later')
    assert.equal((await paidLater).order.status, 'PAID')
    assert.equal((await answerTo('approved', 'wait=40', own.app)).status, 201)
    own.watches.end()
    await Promise.all(trying)
  })
})
