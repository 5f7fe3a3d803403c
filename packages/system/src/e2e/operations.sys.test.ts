import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Client, openClient } from '@saucery/client/client'
import { consumingServices, events } from '@saucery/contracts/choreography'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventKeyOf } from '@saucery/local/access/event-keys'
import { signToken, type TokenClaims } from '@saucery/local/access/sign-in'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'

describe('an operator, through the gateway', { timeout: 120_000 }, () => {
  let system: RunningSystem
  let order: Broker
  let operator: Client
  const lines: string[] = []
  before(async () => {
    system = await runningSystem({ AUTH: 'on', LOG_LEVEL: 'debug' }, (line) => lines.push(line))
    operator = await signedIn({ role: 'operator' })
    const { url, users } = system.nats
    order = await connectBroker({ url, name: 'order', ...users.order, log: quietLog })
  })
  after(async () => {
    await order.connection.close()
    await system[Symbol.asyncDispose]()
  })

  const signedIn = async (claims: TokenClaims) =>
    openClient({ url: system.urls.gateway, token: await signToken(system.dataDir, claims) })

  it('sees the state of every service, and no other caller does', async () => {
    const courier = await signedIn({ role: 'courier' })
    const stranger = openClient({ url: system.urls.gateway })
    for (const service of consumingServices) {
      const { deadLetters, outbox } = await operator.get(`/operations/${service}`)
      assert.equal(deadLetters, 0)
      assert.equal(outbox === undefined, service === 'dashboard')
      await assert.rejects(courier.get(`/operations/${service}`), { name: 'CallRefused', status: 403 })
      await assert.rejects(stranger.get(`/operations/${service}`), { name: 'CallRefused', status: 401 })
    }
  })

  it('sees how often each event was published, and no other caller does; the page of events is for all', async () => {
    const branch = await signedIn({ role: 'branch', branch: '7' })
    const stranger = openClient({ url: system.urls.gateway })
    const { items } = await operator.get('/operations/dashboard/events')
    assert.deepEqual(
      items.map(({ event }) => event),
      events.map(({ event }) => event),
    )
    assert.ok(items.every(({ orders }) => orders === 0))
    await assert.rejects(branch.get('/operations/dashboard/events'), { name: 'CallRefused', status: 403 })
    await assert.rejects(stranger.get('/operations/dashboard/events'), { name: 'CallRefused', status: 401 })
    const page = await fetch(`${system.urls.gateway}/events`)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<h2 id="OrderPlaced-name">/)
  })

  it('sees the dead letter of each service that consumes a bad event, and that a retry fails', async () => {
    const event = stamp(
      OrderPlaced(OrderPlaced.example),
      { id: 'a-test', traceparent: newTraceparent() },
      new Date(),
    )
    await publishEvent(order, event, {
      headers: { 'ce-dataschema': 'urn:event:OrderPlaced:0' },
      signing: eventKeyOf(system.dataDir, 'order'),
    })
    for (const service of ['payment', 'dashboard'] as const) {
      const deadLetter = await eventually(async () => {
        const [first] = (await operator.get(`/operations/${service}/dead-letters`)).items
        assert.equal(first?.eventId, event.id)
        return first
      })
      assert.equal(deadLetter?.handled, false)
      const retried = operator.post(`/operations/${service}/dead-letters/{sequence}/send-back`, {
        path: { sequence: String(deadLetter?.sequence) },
      })
      await assert.rejects(retried, { name: 'CallRefused', status: 409 })
      const metrics = await (await fetch(`${system.managementUrls[service]}/metrics`)).text()
      assert.match(metrics, /^dead_letters_unhandled 1$/m)
      assert.match(metrics, /^consumer_pending\{stream="ORDERS"\} 0$/m)
    }
  })

  it('reads in the logs who ordered, and follows an order through the services by its ids', async () => {
    const token = await signToken(system.dataDir, { role: 'branch', subject: 'kim', branch: '7' })
    const branch = openClient({ url: system.urls.gateway, token })
    const body = { branchId: '7', sauceId: '2', qty: 1, price: 4_000 }
    const { data: order, ...posted } = await branch.post('/orders', { body })
    const linesOfOrder = () =>
      lines.map((line) => JSON.parse(line)).filter((line) => line.orderId === order.id)
    const found = await eventually(() => {
      const found = linesOfOrder()
      assert.equal(found.filter(({ msg }) => msg === 'handled').length, 7)
      return found
    })
    const [command, ...others] = found.filter(({ level }) => level >= 30)
    assert.deepEqual(others, [], 'no message is a line at info')
    const { subject, role, branchId, eventId, traceId } = command
    assert.deepEqual(
      { subject, role, branchId, eventId },
      { subject: 'kim', role: 'branch', branchId: '7', eventId: posted.eventId },
    )
    for (const line of found) assert.equal(line.traceId, traceId)
    for (const { event, eventId, attempt } of found.filter(({ msg }) => msg === 'handled'))
      assert.ok(event && eventId && attempt >= 1)
    const secrets = [token, ...Object.values(system.nats.users).map(({ password }) => password)]
    for (const secret of secrets) assert.ok(!lines.some((line) => line.includes(String(secret))))
    const [entry] = (await branch.get('/orderDashboards/{id}', { path: { id: order.id } })).timeline
    assert.deepEqual(entry?.actor, { subject: 'kim', role: 'branch', branchId: '7' })
  })
})
