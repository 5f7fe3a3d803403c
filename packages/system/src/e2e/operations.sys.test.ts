import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { OrderPlaced } from '@saucery/contracts/order'
import { signToken, type TokenClaims } from '@saucery/local/access/sign-in'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'

const operator: TokenClaims = { role: 'operator' }
type Letter = { sequence: number; eventId: string; handled: boolean }

describe('an operator, through the gateway', { timeout: 120_000 }, () => {
  let system: RunningSystem
  let order: Broker
  before(async () => {
    system = await runningSystem({ AUTH: 'on' })
    const { url, users } = system.nats
    order = await connectBroker({ url, name: 'order', ...users.order, log: quietLog })
  })
  after(async () => {
    await order.connection.close()
    await system[Symbol.asyncDispose]()
  })

  async function ask(path: string, { method = 'GET', who = operator } = {}): Promise<Response> {
    const authorization = `Bearer ${await signToken(system.dataDir, who)}`
    return fetch(`${system.urls.gateway}${path}`, { method, headers: { authorization } })
  }

  it('sees how every service fares, and nobody else does', async () => {
    for (const service of ['order', 'payment', 'delivery', 'dashboard']) {
      const answer = await ask(`/operations/${service}`)
      assert.equal(answer.status, 200)
      const { deadLetters, outbox } = (await answer.json()) as { deadLetters: number; outbox?: object }
      assert.equal(deadLetters, 0)
      assert.equal(outbox === undefined, service === 'dashboard')
      assert.equal((await ask(`/operations/${service}`, { who: { role: 'courier' } })).status, 403)
      assert.equal((await fetch(`${system.urls.gateway}/operations/${service}`)).status, 401)
    }
  })

  it('sees what nobody can handle at each who heard it, and that it cannot be handled now either', async () => {
    const event = stamp(
      OrderPlaced(OrderPlaced.example),
      { id: 'a-test', traceparent: newTraceparent() },
      new Date(),
    )
    await publishEvent(order, event, { headers: { 'ce-dataschema': 'urn:event:OrderPlaced:99' } })
    for (const service of ['payment', 'dashboard'] as const) {
      const letters = `/operations/${service}/dead-letters`
      const letter = await eventually(async () => {
        const { items } = (await (await ask(letters)).json()) as { items: Letter[] }
        assert.equal(items[0]?.eventId, event.id)
        return items[0]
      })
      assert.equal(letter?.handled, false)
      const sentBack = await ask(`${letters}/${letter?.sequence}/send-back`, { method: 'POST' })
      assert.equal(sentBack.status, 409)
      const metrics = await (await fetch(`${system.urls[service]}/metrics`)).text()
      assert.match(metrics, /^dead_letters_unhandled 1$/m)
      assert.match(metrics, /^consumer_pending\{stream="ORDERS"\} 0$/m)
    }
  })
})
