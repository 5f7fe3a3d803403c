import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { requireCaller } from '@saucery/chassis/auth/authorize'
import { readProblem } from '@saucery/chassis/testing/http'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { type Follower, follow, hasId, hasReceived, histories } from '@saucery/dashboard/testing/live-client'
import { openReplica } from '@saucery/dashboard/testing/replica'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { startGateway } from '../testing/gateway.ts'
import { startProvider } from '../testing/tokens.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
after(async () => {
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

/** A gateway that takes an answer for dead after a second of silence, before a dashboard. */
async function started(heartbeatMs: number, signIn: Record<string, string> = {}) {
  const gatewayKey = generateKeyPairSync('ed25519')
  const signedIn =
    signIn.AUTH &&
    requireCaller('dashboard', { AUTH: 'on', GATEWAY_PUBLIC_KEY: [gatewayKey.publicKey] }, silentLog)
  const dashboard = await openReplica(
    { nats: nats.url, mongo: mongo.url },
    { heartbeatMs, ...(signedIn && { requireCaller: signedIn }) },
  )
  const gateway = await startGateway({
    DASHBOARD_URL: dashboard.url,
    UPSTREAM_IDLE_TIMEOUT_MS: '1000',
    ...signIn,
    GATEWAY_SIGNING_KEY: String(gatewayKey.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  })
  return {
    url: gateway.url,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await dashboard[Symbol.asyncDispose]()
    },
  }
}

const say = (orders: number) => nats.publishAll(histories(orders))

const closed = (follower: Follower) => eventually(() => assert.ok(follower.isClosed, 'still open'), 10_000)

describe('the live feed through the gateway', { timeout: 60_000 }, () => {
  it('arrives at once, and outlives the longest silence that the gateway allows', async () => {
    await using system = await started(300)
    const follower = await follow(system.url)
    await hasId(follower)
    assert.equal(follower.response.headers['content-type'], 'text/event-stream')
    assert.equal(follower.response.headers['x-accel-buffering'], 'no')
    const began = performance.now()
    await hasReceived(follower, await say(1))
    assert.ok(performance.now() - began < 2000, `took ${performance.now() - began} ms`)
    // Four seconds in which nothing happens.
    const { heartbeats } = follower
    await eventually(() => assert.ok(follower.heartbeats >= heartbeats + 13, 'too few signs of life'))
    assert.equal(follower.isClosed, false)
    await hasReceived(follower, await say(1))
    follower.leave()
  })

  it('would not without heartbeats, and misses nothing when its client comes back', async () => {
    await using system = await started(60_000)
    const follower = await follow(system.url)
    await hasId(follower)
    await closed(follower)
    const events = await say(2)
    const back = await follow(system.url, '', { 'last-event-id': String(follower.lastId) })
    await hasReceived(back, events)
    assert.equal(back.resets, 0)
    back.leave()
  })

  it('ends with the token that it was opened with, and goes on where it was with a newer one', async () => {
    await using provider = await startProvider()
    await using system = await started(300, provider.env)
    const as = async (exp: number, more = {}) => ({
      authorization: `Bearer ${await provider.token({ exp, role: 'operator' })}`,
      ...more,
    })
    const now = Math.floor(Date.now() / 1000)
    // For 7 s: clocks may differ by 5.
    const old = await as(now + 2)
    const follower = await follow(system.url, '', old)
    await hasId(follower)
    await hasReceived(follower, await say(1))
    await closed(follower)
    assert.deepEqual([follower.ends, follower.response.complete], [['token-expired'], true])
    const missed = await say(2)
    const place = { 'last-event-id': String(follower.lastId) }
    const again = fetch(`${system.url}/orderDashboards/live`, { headers: { ...old, ...place } })
    assert.deepEqual(await readProblem(again), { status: 401, code: 'token-expired', places: [] })
    const back = await follow(system.url, '', await as(now + 60, place))
    await hasReceived(back, missed)
    assert.deepEqual([back.resets, back.ends, back.isClosed], [0, [], false])
    back.leave()
  })

  it('ends when the gateway stops', async () => {
    const system = await started(300)
    const follower = await follow(system.url)
    await hasId(follower)
    await system[Symbol.asyncDispose]()
    await closed(follower)
  })
})
