import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { testNats } from '@saucery/servers/testing/servers'
import { consume, deadLettersIn } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { testKeys } from '../testing/keys.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { type Broker, connectBroker } from './connection.ts'

// The server closes connections that do not sign in.
const users = [{ user: 'counter', password: 'right' }]

async function connected(url: string) {
  const log = countingLog()
  const broker = await connectBroker({ url, name: 'counter', ...users[0], keys: testKeys, log })
  return { ...broker, log, [Symbol.asyncDispose]: () => broker.connection.close() }
}

/** Resolves when a dial after the present one has begun: the server was silent for as long as a dial may take. */
async function dialsInVain(broker: Broker, dials: number): Promise<void> {
  let begun = 0
  for await (const { type } of broker.connection.status())
    if (type === 'reconnecting' && ++begun > dials) return
}

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

/** Publishes events for a time, each until it is stored. */
async function publishFor(broker: Broker, ms: number): Promise<string[]> {
  const ids: string[] = []
  for (const end = performance.now() + ms; performance.now() < end; await delay(5)) {
    const event = nudge(`k${ids.length % 10}`)
    ids.push(event.id)
    await eventually(() => publishEvent(broker, event))
  }
  return ids
}

describe('a connection to a frozen broker', () => {
  it('has one socket and loses no event when the server answers its dials late', async (t) => {
    await using nats = await testNats({ users })
    const printed = t.mock.method(console, 'log', () => {})
    await eventually(() => assert.equal(openSockets(), 0))
    await using broker = await connected(nats.url)
    const received: string[] = []
    await using _consumers = await consume(broker, async ({ id }) => received.push(id))
    const before = await publishFor(broker, 500)
    nats.signal('SIGSTOP')
    const during = publishFor(broker, 1000)
    await dialsInVain(broker, 2)
    nats.signal('SIGCONT')
    let most = 0
    const counting = setInterval(() => {
      most = Math.max(most, openSockets())
    }, 5)
    await eventually(() => assert.equal(broker.isConnected(), true))
    const ofFreeze = [...before, ...(await during)]
    await eventually(() =>
      assert.deepEqual(
        ofFreeze.filter((id) => !received.includes(id)),
        [],
      ),
    )
    // Longer than the server waits for a sign-in.
    const after = await publishFor(broker, 5000)
    clearInterval(counting)
    await eventually(() =>
      assert.deepEqual(
        after.filter((id) => !received.includes(id)),
        [],
      ),
    )
    const handled = received.filter((id) => after.includes(id)).length
    assert.deepEqual(
      {
        most,
        handled,
        reconnects: broker.log.times('broker reconnected'),
        printed: printed.mock.callCount(),
      },
      { most: 1, handled: after.length, reconnects: 1, printed: 0 },
    )
    assert.deepEqual(await deadLettersIn(broker), [])
  })

  it('gives up a silent server although much is written to it', async () => {
    await using nats = await testNats({ users })
    await using broker = await connected(nats.url)
    nats.signal('SIGSTOP')
    for (let i = 0; i < 20; i++) broker.connection.publish('much', new Uint8Array(1_000_000))
    await eventually(() => assert.equal(broker.isConnected(), false), 12_000)
    nats.signal('SIGCONT')
    await eventually(() => assert.equal(broker.isConnected(), true))
  })
})
