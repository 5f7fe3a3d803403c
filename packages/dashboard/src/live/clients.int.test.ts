import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { readProblem } from '@saucery/chassis/testing/http'
import { recordingLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { type Follower, follow, hasId, hasReceived, histories } from '../testing/live-client.ts'
import { openReplica } from '../testing/replica.ts'
import { story } from '../testing/stories.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
const urls = { nats: nats.url, mongo: mongo.url }
after(async () => {
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

const of = (branchId: string, events: ReturnType<typeof histories>) =>
  events.map((event) =>
    'branchId' in event.data ? { ...event, data: { ...event.data, branchId } } : event,
  ) as ReturnType<typeof histories>

describe('the live feed', { timeout: 100_000 }, () => {
  it('sends each client what it requested and may see', async () => {
    const gate = testCallerTokens('dashboard')
    await using replica = await openReplica(urls, { requireCaller: gate.requireCaller })
    const { url } = replica
    const [one, two] = [of('b1', histories(3)), of('b2', histories(3))]
    const orderId = String(one[0]?.data.orderId)
    const all = await follow(url, '', await gate.as(operator))
    const filtered = {
      own: await follow(url, '', await gate.as(branch('b1'))),
      byBranch: await follow(url, 'branchId=b1', await gate.as(operator)),
      byOrder: await follow(url, `orderId=${orderId}`, await gate.as(operator)),
      byStatus: await follow(url, 'status=DELIVERED', await gate.as(operator)),
      bySauce: await follow(url, 'sauceId=none', await gate.as(operator)),
    }
    for (const follower of [all, ...Object.values(filtered)]) await hasId(follower)
    await nats.publishAll([...one, ...two])
    await hasReceived(all, [...one, ...two])
    await hasReceived(filtered.own, one)
    await hasReceived(filtered.byBranch, one)
    await hasReceived(
      filtered.byOrder,
      one.filter(({ data }) => data.orderId === orderId),
    )
    await eventually(() =>
      assert.ok(filtered.byStatus.orders.length >= 6, 'delivered orders were not received'),
    )
    for (const { orders } of [filtered.own, filtered.byBranch])
      assert.deepEqual([...new Set(orders.map(({ branchId }) => branchId))], ['b1'])
    const sequences = ({ orders }: Pick<Follower, 'orders'>) =>
      orders.flatMap(({ timeline }) => timeline.flatMap(({ sequence }) => sequence ?? []))
    assert.deepEqual(sequences(filtered.own), [])
    assert.ok(sequences(filtered.byBranch).length > 0, 'an operator sees no sequences')
    assert.deepEqual([...new Set(filtered.byOrder.orders.map((order) => order.orderId))], [orderId])
    assert.deepEqual([...new Set(filtered.byStatus.orders.map(({ status }) => status))], ['DELIVERED'])
    assert.deepEqual(filtered.bySauce.orders, [])

    // What it missed is filtered, too.
    const back = await follow(url, '', {
      ...(await gate.as(branch('b2'))),
      'last-event-id': String(filtered.bySauce.lastId),
    })
    await hasReceived(back, two)
    assert.deepEqual([...new Set(back.orders.map(({ branchId }) => branchId))], ['b2'])
    assert.deepEqual(sequences(back), [])

    const ask = async (caller: Parameters<typeof gate.as>[0], query = '') =>
      (await readProblem(fetch(`${url}/orderDashboards/live?${query}`, { headers: await gate.as(caller) })))
        .code
    assert.equal(await ask(courier), 'not-permitted')
    assert.equal(await ask(branch('b1'), 'branchId=b2'), 'not-permitted')
    assert.equal((await fetch(`${url}/orderDashboards/live`)).status, 401)
  })

  it('disconnects a client that does not read, and goes on with the others', async () => {
    const { log, lines } = recordingLog()
    await using replica = await openReplica(urls, { log })
    const [slow, other] = [await follow(replica.url), await follow(replica.url)]
    for (const follower of [slow, other]) await hasId(follower)
    slow.response.pause()
    // An order with much data, so that each change of it is much to read.
    const orderId = uuidv7()
    for (const entry of story(orderId, ['OrderPlaced']))
      await replica.views.add({
        orderId,
        entry: { ...entry, data: { ...entry.data, much: 'x'.repeat(500_000) } },
      })
    const cut = () => lines.find(({ msg }) => msg === 'disconnected a live client that does not read')
    let changes = 0
    while (!cut() && changes < 200) {
      const [event] = histories(1, ['OrderCancelled']).map((event) => ({
        ...event,
        subject: `orders.cancelled.${orderId}`,
        data: { ...event.data, orderId },
      })) as ReturnType<typeof histories>
      assert.ok(event, 'the event is missing')
      await hasReceived(other, await nats.publishAll([event]))
      changes++
    }
    const { unread, clients } = cut() ?? {}
    assert.ok(Number(unread) <= 1024 * 1024, `${unread} bytes were kept after ${changes} changes`)
    assert.equal(clients, 1)
    slow.response.resume()
    await eventually(() => assert.ok(slow.isClosed, 'still open'))
    await hasReceived(other, await nats.publishAll(histories(2)))
    assert.equal(other.isClosed, false)
  })

  it('ends for a client that is no longer signed in, with a message, and not for the others', async () => {
    const gate = testCallerTokens('dashboard')
    await using replica = await openReplica(urls, { requireCaller: gate.requireCaller })
    const now = () => Date.now() / 1000
    const signedInUntil = now() + 2
    const [short, long] = [
      await follow(replica.url, '', await gate.as({ ...operator, signedInUntil })),
      // Farther off than a timer can be set.
      await follow(replica.url, '', await gate.as({ ...operator, signedInUntil: now() + 1e9 })),
    ]
    for (const follower of [short, long]) await hasId(follower)
    const events = await nats.publishAll(histories(1))
    for (const follower of [short, long]) await hasReceived(follower, events)
    await eventually(() => assert.ok(short.isClosed, 'still open'))
    assert.ok(now() >= signedInUntil && now() < signedInUntil + 3, `ended ${now() - signedInUntil} s late`)
    assert.deepEqual([short.ends, short.response.complete], [['token-expired'], true])

    const late = await follow(replica.url, '', {
      ...(await gate.as({ ...operator, signedInUntil })),
      'last-event-id': String(short.lastId),
    })
    await eventually(() => assert.ok(late.isClosed, 'still open'), 500)
    assert.deepEqual([late.ends, late.orders, late.lastId], [['token-expired'], [], undefined])
    await hasReceived(long, await nats.publishAll(histories(1)))
    assert.deepEqual([long.ends, long.isClosed], [[], false])
    long.leave()
  })

  it('refuses clients beyond its limit, and has room when one leaves', async () => {
    await using replica = await openReplica(urls, { maxClients: 2 })
    const [first] = [await follow(replica.url), await follow(replica.url)]
    const response = await fetch(`${replica.url}/orderDashboards/live`)
    assert.equal(response.headers.get('retry-after'), '5')
    const problem = { status: 503, code: 'too-many-listeners', places: [] }
    assert.deepEqual(await readProblem(response), problem)
    first.leave()
    await eventually(async () => {
      const next = await follow(replica.url)
      assert.equal(next.status, 200)
    })
  })

  it('refuses one caller with too many clients, and no other caller', async () => {
    const gate = testCallerTokens('dashboard')
    await using replica = await openReplica(urls, {
      requireCaller: gate.requireCaller,
      maxClientsPerCaller: 2,
    })
    const signedInUntil = Date.now() / 1000 + 60
    const greedy = await gate.as({ ...branch('b1'), signedInUntil })
    const [first] = [await follow(replica.url, '', greedy), await follow(replica.url, '', greedy)]
    const response = await fetch(`${replica.url}/orderDashboards/live`, { headers: greedy })
    assert.equal(response.headers.get('retry-after'), '5')
    const problem = { status: 429, code: 'too-many-of-one-caller', places: [] }
    assert.deepEqual(await readProblem(response), problem)
    const other = await follow(replica.url, '', await gate.as({ ...branch('b2'), signedInUntil }))
    assert.equal(other.status, 200)
    first.leave()
    await eventually(async () => {
      const next = await follow(replica.url, '', greedy)
      assert.equal(next.status, 200)
    })
  })

  it('refuses many callers of one branch, and no other branch', async () => {
    const gate = testCallerTokens('dashboard')
    await using replica = await openReplica(urls, {
      requireCaller: gate.requireCaller,
      maxClientsPerBranch: 2,
    })
    const signedInUntil = Date.now() / 1000 + 60
    const as = (branchId: string, subject: string) => gate.as({ ...branch(branchId), subject, signedInUntil })
    for (const subject of ['kim', 'lee']) await follow(replica.url, '', await as('b1', subject))
    const response = await fetch(`${replica.url}/orderDashboards/live`, { headers: await as('b1', 'park') })
    assert.equal(response.headers.get('retry-after'), '5')
    const problem = { status: 429, code: 'too-many-of-one-branch', places: [] }
    assert.deepEqual(await readProblem(response), problem)
    assert.equal((await follow(replica.url, '', await as('b2', 'park'))).status, 200)
  })

  it('ends when the dashboard stops, also for clients that do not read', async () => {
    const replica = await openReplica(urls)
    const followers = [await follow(replica.url), await follow(replica.url), await follow(replica.url)]
    for (const follower of followers) await hasId(follower)
    const [stuck] = followers
    stuck?.response.pause()
    await nats.publishAll(histories(50))
    const began = performance.now()
    await replica[Symbol.asyncDispose]()
    assert.ok(performance.now() - began < 5000, `took ${performance.now() - began} ms`)
    stuck?.response.resume()
    for (const follower of followers) await eventually(() => assert.ok(follower.isClosed, 'still open'))
  })

  it('sends every change to a thousand clients', async (t) => {
    const clients = 1000
    await using replica = await openReplica(urls)
    const followers = await Promise.all(Array.from({ length: clients }, () => follow(replica.url)))
    for (const follower of followers) await hasId(follower)
    const [cpu, began] = [process.cpuUsage(), performance.now()]
    const events = await nats.publishAll(histories(5, ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted']))
    for (const follower of followers) await hasReceived(follower, events)
    const { user, system } = process.cpuUsage(cpu)
    const messages = followers.reduce((sum, { orders }) => sum + orders.length, 0)
    t.diagnostic(
      `${clients} clients, ${messages} messages in ${(performance.now() - began).toFixed(0)} ms, ` +
        `${((user + system) / 1e6).toFixed(1)} s of CPU with the clients, ` +
        `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident with the clients`,
    )
    for (const follower of followers) follower.leave()
  })
})
