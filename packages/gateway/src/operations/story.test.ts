import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { readProblem } from '@saucery/chassis/testing/http'
import { startGateway, startUpstream } from '../testing/gateway.ts'
import { startProvider } from '../testing/tokens.ts'
import { getOrderStory } from './story-route.ts'

const storySchema = getOrderStory.responses[200].content['application/json'].schema
const orderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const since = '2026-01-01T00:00:00.000Z'

const failing = {
  event: 'OrderPlaced',
  eventId: 'e',
  stream: 'ORDERS',
  streamSequence: 1,
  tries: 3,
  error: 'Error: a bug',
  failedAt: since,
  nextTryAt: '2026-01-01T00:00:01.000Z',
}
const view = {
  status: 'PLACED',
  timeline: [{ event: 'OrderPlaced' }],
  waitsFor: { events: ['PaymentApproved', 'PaymentDeclined'], since },
}
const lag = { stream: 'ORDERS', durable: 'payment', pending: 300, ackPending: 12, redelivered: 0 }

/** What each service answers to what it is asked of this order, and of itself. */
function answerOf(service: string, url: string): object | undefined {
  if (url === `/orderDashboards/${orderId}`) return view
  if (url === `/operations/${service}`) return { service, consumers: [lag], deadLetters: 0 }
  const isPayment = service === 'payment'
  if (url === `/operations/${service}/orders/${orderId}`)
    return { failing: isPayment ? [failing] : [], deadLetters: [], settled: [], calls: [] }
  return undefined
}

async function started(env: Record<string, string> = {}) {
  let questions = 0
  const names = ['order', 'payment', 'delivery', 'dashboard']
  const services = await Promise.all(
    names.map((name) =>
      startUpstream(({ url = '' }, response) => {
        questions++
        const found = name === 'delivery' ? undefined : answerOf(name, url)
        if (found) response.end(JSON.stringify(found))
        else response.writeHead(503).end(JSON.stringify({ title: 'Its database is away' }))
      }),
    ),
  )
  const urls = names.map((name, i) => [`${name.toUpperCase()}_URL`, String(services[i]?.url)])
  const gateway = await startGateway({ ...Object.fromEntries(urls), ...env })
  return {
    url: gateway.url,
    questions: () => questions,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await Promise.all(services.map(({ close }) => close()))
    },
  }
}

describe('the story of an order', () => {
  it('tells what it waits for, what fails where, and what can still happen', async () => {
    await using system = await started()
    const ask = async (id = orderId) => fetch(`${system.url}/operations/orders/${id}`)
    const story = storySchema.parse(await (await ask()).json())
    assert.deepEqual(story.waitsFor, [{ service: 'payment', events: ['PaymentApproved', 'PaymentDeclined'] }])
    const [order, payment, delivery] = story.services
    assert.deepEqual(payment?.failures?.failing, [failing])
    assert.equal(payment?.behind?.messages, 312)
    assert.deepEqual(order?.failures?.failing, [])
    assert.deepEqual([delivery?.reason, delivery?.failures], ['Its database is away', undefined])
    assert.equal(story.status, 'PLACED')
    assert.deepEqual(story.remaining[0], {
      events: ['PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'],
      status: 'DELIVERED',
    })
    assert.equal((await readProblem(ask('none'))).status, 404)
  })

  it('is asked for once a second for any number of pages', async () => {
    await using system = await started()
    const ask = () => fetch(`${system.url}/operations/orders/${orderId}`)
    await Promise.all(Array.from({ length: 50 }, ask))
    assert.ok(system.questions() <= 20, `${system.questions()} questions for 50 pages`)
  })
})

describe('who may read it', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const GATEWAY_SIGNING_KEY = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const provider = await startProvider()
  const system = await started({ ...provider.env, GATEWAY_SIGNING_KEY })
  after(async () => {
    await system[Symbol.asyncDispose]()
    await provider[Symbol.asyncDispose]()
  })

  it('is an operator alone, at no cost to a service otherwise', async () => {
    const get = async (role?: string) => {
      const token = role && (await provider.token({ sub: 'kim', role, branch_id: '7' }))
      const headers = token ? { authorization: `Bearer ${token}` } : {}
      return fetch(`${system.url}/operations/orders/${orderId}`, { headers })
    }
    assert.equal((await readProblem(get('branch'))).status, 403)
    assert.equal((await readProblem(get())).status, 401)
    assert.equal(system.questions(), 0)
    assert.equal((await get('operator')).status, 200)
  })
})
