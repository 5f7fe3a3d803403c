import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { connect } from 'nats'
import { eventually } from '../testing/eventually.ts'
import { countingLog, quietLog } from '../testing/log.ts'
import { testBroker } from '../testing/servers.ts'
import { connectBroker } from './connection.ts'

const users = [{ user: 'counter', password: 'right' }]

describe('a broker', () => {
  it('refuses wrong credentials at once', async () => {
    await using nats = await testNats({ users })
    const wrong = { url: nats.url, name: 'counter', user: 'counter', password: 'wrong', log: quietLog }
    await assert.rejects(connectBroker(wrong), { code: 'AUTHORIZATION_VIOLATION' })
    const right = await connectBroker({ ...wrong, password: 'right' })
    assert.equal(right.isConnected(), true)
    await right.close()
    assert.equal(right.isConnected(), false)
  })

  it('reconnects to a server that has refused it for a while', async () => {
    const admitted = [{ user: 'counter', password: 'right' }]
    await using nats = await testNats({ users: admitted })
    const log = countingLog()
    const options = { url: nats.url, name: 'counter', user: 'counter', password: 'right', log }
    const broker = await connectBroker(options)
    admitted[0] = { user: 'counter', password: 'another' }
    await nats.kill()
    await nats.restart()
    await eventually(() => assert.equal(log.times('broker reported an error') >= 3, true))
    admitted[0] = { user: 'counter', password: 'right' }
    await nats.kill()
    await nats.restart()
    await eventually(() => assert.equal(broker.isConnected(), true))
    await broker.close()
  })

  it('reconnects within seconds though the clock was set back', async (t) => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const now = Date.now
    for (const hours of [-2, 2]) {
      t.mock.method(Date, 'now', () => now() + hours * 3_600_000)
      await nats.kill()
      await nats.restart()
      await eventually(() => assert.equal(broker.isConnected(), true), 5000)
      await broker.connection.flush()
    }
  })

  it('is waited for while it is not up yet', async () => {
    await using nats = await testNats()
    await nats.kill()
    let isConnected = false
    const connecting = connectBroker({ url: nats.url, name: 'counter', log: quietLog }).then((broker) => {
      isConnected = true
      return broker
    })
    // By the time that another client is refused, this one has been refused as well.
    await assert.rejects(connect({ servers: nats.url, reconnect: false }), { code: 'CONNECTION_REFUSED' })
    assert.equal(isConnected, false)
    await nats.restart()
    await (await connecting).close()
  })

  it('reports when its connection is lost and when it is restored', async () => {
    await using nats = await testNats()
    const log = countingLog()
    await using broker = await testBroker(nats.url, { log })
    let times = 0
    broker.onReconnect(() => {
      times += 1
    })
    await nats.kill()
    await eventually(() => assert.equal(broker.isConnected(), false))
    await nats.restart()
    await eventually(() => assert.equal(broker.isConnected(), true))
    assert.deepEqual([times, log.times('broker disconnected'), log.times('broker reconnected')], [1, 1, 1])
    await broker.connection.flush()
  })
})
