import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { readProblem } from '@saucery/chassis/testing/http'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import {
  assertNoOrderGoesBack,
  type Follower,
  follow,
  hasId,
  hasReceived,
  histories,
} from '../testing/live-client.ts'
import { openReplica } from '../testing/replica.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
after(async () => {
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

/** A replica whose replays wait, each until it is let go: they alone ask for orders that are not new. */
async function withHeldReplays() {
  const gate = testCallerTokens('dashboard')
  const replica = await openReplica(
    { nats: nats.url, mongo: mongo.url },
    { requireCaller: gate.requireCaller, maxClientsPerBranch: 40 },
  )
  const signedInUntil = Date.now() / 1000 + 60
  const old = new Set<string>()
  const held: (() => void)[] = []
  const { among } = replica.views
  Object.assign(replica.views, {
    async among(ids: string[]) {
      if (ids.every((id) => old.has(id))) await new Promise<void>((resolve) => held.push(resolve))
      return among(ids)
    },
  })
  const connect = async (who: Parameters<typeof gate.as>[0], lastId?: string) =>
    follow(replica.url, '', {
      ...(await gate.as({ ...who, signedInUntil })),
      ...(lastId && { 'last-event-id': lastId }),
    })
  return {
    url: replica.url,
    held,
    connect,
    headersOf: async (who: Parameters<typeof gate.as>[0]) => gate.as({ ...who, signedInUntil }),
    /** Publishes so many orders one after another, and returns the resume token before each. */
    async publish(reader: Follower, orders: number): Promise<string[]> {
      const tokens: string[] = []
      for (let i = 0; i < orders; i++) {
        tokens.push(String(reader.lastId))
        const events = await nats.publishAll(histories(1, ['OrderPlaced']))
        await hasReceived(reader, events)
        await eventually(() => assert.notEqual(reader.lastId, tokens.at(-1)))
        for (const { data } of events) old.add(data.orderId)
      }
      return tokens
    },
    [Symbol.asyncDispose]: () => {
      for (const letGo of held) letGo()
      return replica[Symbol.asyncDispose]()
    },
  }
}

const isHeld = (replays: unknown[], count: number) =>
  eventually(() => assert.equal(replays.length, count, 'another number of replays waits'))

describe('a replay of the live feed', { timeout: 60_000 }, () => {
  it('holds up no other client, and has what changes meanwhile', async () => {
    await using replica = await withHeldReplays()
    const other = await replica.connect(operator)
    await hasId(other)
    const [token] = await replica.publish(other, 3)
    const back = await replica.connect(operator, token)
    await isHeld(replica.held, 1)
    const events = await nats.publishAll(histories(1, ['OrderPlaced', 'PaymentApproved']))
    for (const follower of [other, back]) await hasReceived(follower, events)
    // It would lose the rest if it came back with this one.
    assert.equal(back.lastId, undefined)
    for (const letGo of replica.held.splice(0)) letGo()
    await hasId(back)
    assert.deepEqual(
      new Set(back.orders.map(({ orderId }) => orderId)),
      new Set(other.orders.map(({ orderId }) => orderId)),
    )
    assert.equal(back.resets, 0)
    assertNoOrderGoesBack(back)
  })

  it('waits for no more than one of each other branch, and is refused beside too many of its caller', async () => {
    await using replica = await withHeldReplays()
    const reader = await replica.connect(operator)
    await hasId(reader)
    const tokens = await replica.publish(reader, 23)
    const greedy: Follower[] = []
    for (const token of tokens.slice(0, 22)) greedy.push(await replica.connect(branch('b1'), token))
    await isHeld(replica.held, 2)
    const headers = { ...(await replica.headersOf(branch('b1'))), 'last-event-id': String(tokens[22]) }
    const response = await fetch(`${replica.url}/orderDashboards/live`, { headers })
    assert.equal(response.headers.get('retry-after'), '5')
    assert.deepEqual(await readProblem(response), { status: 429, code: 'too-many-replays', places: [] })
    // One that resumes where another does takes no turn of its own.
    const shared = await replica.connect(branch('b1'), tokens[21])
    const modest = await replica.connect(branch('b2'), tokens[22])
    replica.held.shift()?.()
    await isHeld(replica.held, 2)
    // The next turn was the modest one's.
    replica.held.pop()?.()
    await hasId(modest)
    assert.equal(greedy.filter(({ lastId }) => lastId !== undefined).length, 1)
    await eventually(() => {
      for (const letGo of replica.held.splice(0)) letGo()
      for (const { lastId } of [...greedy, shared]) assert.ok(lastId, 'a replay never came')
    })
  })
})
