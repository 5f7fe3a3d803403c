import assert from 'node:assert/strict'
import { it } from 'node:test'
import { silentLog } from '@saucery/chassis/testing/log'
import { deadLetterNotices } from '@saucery/contracts/access/notices'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testBroker } from '@saucery/messaging/testing/servers'
import { testNats } from '@saucery/servers/testing/servers'
import { addClient, type Clients } from './clients.ts'
import { relayNotices } from './notices.ts'

it('a settled dead letter is told on the live feed: to operators, as its own service told it', async () => {
  await using nats = await testNats()
  await using broker = await testBroker(nats.url, { name: 'dashboard' })
  const clients: Clients = { open: new Set(), log: silentLog }
  const follow = (audience: object) => {
    let received = ''
    const client = { scope: 'all', filter: {}, from: undefined, destroy() {}, ...audience }
    const reader = addClient(clients, client as never)
      .pipeThrough(new TextDecoderStream() as never)
      .getReader()
    void (async () => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        received += value
      }
    })()
    return () => received
  }
  const operator = follow({})
  const ofOrder = follow({ filter: { orderId: 'k2' } })
  const branch = follow({ scope: { branchId: '1' } })
  const end = relayNotices(broker, clients)
  const told = { service: 'payment', id: 'a-letter', orderId: 'k1', event: 'OrderPlaced', outcome: 'handled' }
  const tell = (subject: string, notice: unknown) =>
    broker.connection.publish(subject, typeof notice === 'string' ? notice : JSON.stringify(notice))
  tell(deadLetterNotices('order'), told)
  tell(deadLetterNotices('payment'), 'not JSON')
  tell(deadLetterNotices('payment'), { ...told, more: '\nevent: end' })
  tell(deadLetterNotices('payment'), { ...told, orderId: 'k2', outcome: 'discarded' })
  await eventually(() => assert.match(operator(), /discarded/))
  const message = (notice: object) => `event: dead-letter\ndata: ${JSON.stringify(notice)}\n\n`
  const second = { ...told, orderId: 'k2', outcome: 'discarded' }
  assert.equal(operator(), `retry: 1000\n\n${message(told)}${message(second)}`)
  await eventually(() => assert.equal(ofOrder(), `retry: 1000\n\n${message(second)}`))
  assert.equal(branch(), 'retry: 1000\n\n')
  end()
})
