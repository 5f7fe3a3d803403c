import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { toHeaders } from '@saucery/messaging/events/cloud-events'
import { eventSigner } from '@saucery/messaging/events/signature'
import { testKeys } from '@saucery/messaging/testing/keys'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { follow, hasId, hasReceived, histories } from '../testing/live-client.ts'
import { openReplica } from '../testing/replica.ts'

const mongo = await testMongo()
after(() => mongo[Symbol.asyncDispose]())

const encoder = new TextEncoder()

/** Two events about one order: what its owner published, and what is told in its owner's name. */
function declinedOrder() {
  const [placed, declined] = histories(1, ['OrderPlaced', 'PaymentDeclined'])
  const [approved] = histories(1, ['PaymentApproved'])
  assert.ok(placed && declined && approved, 'an event is missing')
  const { orderId } = placed.data
  const data = { ...approved.data, orderId }
  const forged = { ...approved, subject: `payments.approved.${orderId}`, data } as typeof approved
  return { orderId, real: [placed, declined], forged }
}

// 2.10 passes a stored message's status on, as if it were its own.
for (const version of ['2.10.26', '2.15.1'])
  describe(`the live feed and the views, on NATS ${version}`, { timeout: 60_000 }, () => {
    it('show nothing that another than its owner published, and are not held up by it', async () => {
      await using nats = await testBrokerWithStreams({ version })
      await using replica = await openReplica({ nats: nats.url, mongo: mongo.url }, { giveUpEveryMs: 300 })
      const { js, connection } = nats.broker
      const follower = await follow(replica.url)
      await hasId(follower)
      const { orderId, real, forged } = declinedOrder()
      await nats.publishAll(real)
      await hasReceived(follower, real)

      const data = encoder.encode(JSON.stringify(forged.data))
      await js.publish(forged.subject, data, { headers: toHeaders(forged, 'payment') })
      // Signed by its owner, for another order.
      const signed = toHeaders(forged, 'payment')
      eventSigner(testKeys)?.([{ subject: `payments.approved.${uuidv7()}`, headers: signed, data }])
      await js.publish(forged.subject, data, { headers: signed })
      // With the id of an event that the view has, and as a message of another place.
      const again = toHeaders({ ...forged, id: String(real[0]?.id) }, 'payment')
      for (const [name, value] of [
        ['Nats-Sequence', '1000'],
        ['Nats-Subject', `payments.approved.${uuidv7()}`],
      ] as const)
        again.append(name, value)
      await js.publish(forged.subject, data, { headers: again })
      // The server's own answer, sent to the stream by a reply subject.
      const get = '$JS.API.DIRECT.GET.PAYMENTS'
      connection.publish(get, JSON.stringify({ seq: 1000 }), { reply: forged.subject })
      await connection.flush()

      const later = await nats.publishAll(histories(3))
      await hasReceived(follower, later)
      const back = await follow(replica.url, '', { 'last-event-id': String(follower.lastId) })
      await hasId(back)
      await nats.consumedBy('dashboard')
      assert.equal((await replica.views.find(orderId))?.status, 'REJECTED')
      for (const { orders, received, resets } of [follower, back]) {
        assert.equal(resets, 0)
        assert.equal(received.has(forged.id), false)
        const statuses = orders.filter((order) => order.orderId === orderId).map(({ status }) => status)
        assert.deepEqual(
          statuses.filter((status) => status !== 'PLACED' && status !== 'REJECTED'),
          [],
        )
      }
      follower.leave()
      back.leave()
    })
  })
