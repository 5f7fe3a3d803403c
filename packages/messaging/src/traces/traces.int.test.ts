import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { readDeadLetters } from '../dead-letters/reader.ts'
import { type Event, stamp } from '../events/event.ts'
import { ensureStream, removalDelayMs, removeConsumer } from '../nats/streams.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import {
  cause,
  countersStream,
  type Nudged,
  nudge,
  nudgesStream,
  raised,
  raiseOn,
} from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { quietLog } from '../testing/log.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { recordSpans } from '../testing/recorded-spans.ts'
import { testReplica } from '../testing/replica.ts'
import { type TestDatabase, testDatabase } from '../testing/servers.ts'

const recorded = recordSpans()
const { named } = recorded

const traceIdOf = ({ traceparent }: Event) => String(traceparent.split('-')[1])
const spanIdOf = ({ traceparent }: Event) => String(traceparent.split('-')[2])
const parent = ({ traceparent }: Event) => [traceparent.split('-')[1], traceparent.split('-')[2]]

describe('the spans of messages and transactions', { timeout: 120_000 }, () => {
  let nats: TestServer
  let database: TestDatabase
  let replica: Awaited<ReturnType<typeof testReplica>>
  let consumers: Awaited<ReturnType<typeof consume>>
  /** Fails while it is positive, and counts down. */
  let failures = 0
  before(async () => {
    nats = await testNats()
    database = await testDatabase()
    replica = await testReplica(database, nats)
    const raise = raiseOn(replica.commit)
    const handle: typeof raise = async (event) => {
      if (failures-- > 0) throw new RangeError('a bug')
      return raise(event)
    }
    consumers = await consume(replica.broker, handle, { maxTries: 2 })
    await eventually(() => assert.equal(consumers.isReady(), true))
  })
  beforeEach(() => {
    failures = 0
    recorded.forget()
  })
  after(async () => {
    await consumers.stop()
    await replica[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await nats[Symbol.asyncDispose]()
  })

  async function published(key: string, change: (event: Event<Nudged>) => Event<Nudged> = (event) => event) {
    const event = change(nudge(key, 5))
    await publishEvent(replica.broker, event)
    return event
  }

  it('are one tree from the publish of an event to the publish of what follows from it', async () => {
    const event = await published('tree')
    const [publish] = await named('publish counters.raised')
    const [process] = await named('process nudges.given')
    const [commit] = await named('commit counters')
    const [transaction] = await named('transaction counters')
    assert.deepEqual([process?.traceId, process?.parent], parent(event))
    assert.deepEqual(
      [commit, transaction, publish].map((span) => [span?.traceId, span?.parent, span?.links]),
      [
        [traceIdOf(event), process?.spanId, []],
        [traceIdOf(event), commit?.spanId, []],
        [traceIdOf(event), commit?.spanId, []],
      ],
    )
    const { 'nats.sequence': sequence, ...attributes } = process?.attributes ?? {}
    assert.equal(typeof sequence, 'number')
    assert.deepEqual(attributes, {
      'messaging.system': 'nats',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': 'nudges.given.tree',
      'messaging.destination.template': 'nudges.given.{key}',
      'messaging.message.id': event.id,
      'messaging.message.conversation_id': 'tree',
      'messaging.consumer.group.name': 'counter',
      'cloudevents.event_type': 'Nudged',
      'nats.stream': 'NUDGES',
      'nats.deliveries': 1,
    })
    assert.deepEqual([process?.kind, publish?.kind, transaction?.kind], ['CONSUMER', 'PRODUCER', 'CLIENT'])
    assert.equal(transaction?.attributes['db.system.name'], 'postgresql')
    // The message carries the context of its own publish, so that its consumers' spans are children of that.
    const sent = (await messagesOf(replica.broker, 'COUNTERS')).at(-1)?.header('traceparent')
    assert.equal(sent, `00-${publish?.traceId}-${publish?.spanId}-01`)
  })

  it('of changes in one transaction are linked by its span, and each has its own time in the database', async () => {
    const keys = ['a', 'b', 'c', 'd']
    const changes = keys.map((key) => ({ key, cause: cause(), decide: () => [raised(key)] }))
    await Promise.all(changes.map(replica.commit))
    const commits = await named('commit counters', 4)
    const transactions = await named('transaction counters', 5)
    const group = transactions.find(({ parent }) => parent === undefined)
    assert.deepEqual(new Set(group?.links), new Set(commits.map(({ spanId }) => spanId)))
    assert.equal(group?.attributes['db.operation.batch.size'], 4)
    for (const { spanId, traceId } of commits) {
      const own = transactions.filter((span) => span.parent === spanId)
      assert.deepEqual(
        own.map((span) => [span.traceId, span.links]),
        [[traceId, [group?.spanId]]],
      )
      assert.notEqual(traceId, group?.traceId)
    }
    assert.deepEqual(
      new Set(commits.map(({ traceId }) => traceId)),
      new Set(changes.map(({ cause }) => cause.traceparent.split('-')[1])),
    )
  })

  it('of a redelivery, and of the retry of its dead letter, are links and no children', async () => {
    failures = 2
    const event = await published('again')
    const { deadLetters } = await eventually(async () => {
      const page = await readDeadLetters(replica.broker, { limit: 1 })
      assert.equal(page.deadLetters.length, 1)
      return page
    })
    const [deadLetter] = deadLetters
    assert.ok(deadLetter, 'there is no dead letter')
    await consumers.reprocess(deadLetter)
    const [first, second, retry] = await named('process nudges.given', 3)
    assert.deepEqual([first?.traceId, first?.parent, first?.failed], [...parent(event), true])
    for (const [span, again, failed] of [
      [second, 'redelivery', true],
      [retry, 'dead-letter', false],
    ] as const) {
      assert.notEqual(span?.traceId, first?.traceId)
      assert.deepEqual([span?.parent, span?.links], [undefined, [spanIdOf(event)]])
      assert.deepEqual([span?.attributes['nats.again'], span?.failed], [again, failed])
    }
    assert.equal(first?.attributes['error.type'], 'RangeError')
    // What the retry led to belongs to the retry.
    const publish = await eventually(() => {
      const own = recorded
        .all()
        .find(({ traceId, kind }) => traceId === retry?.traceId && kind === 'PRODUCER')
      assert.ok(own, 'not published yet')
      return own
    })
    assert.equal(publish.attributes['messaging.message.conversation_id'], 'again')
  })

  it('of a replay are links and no children', async () => {
    const event = await published('replayed')
    await named('process nudges.given')
    await allAcknowledged(replica.broker)
    recorded.forget()
    await removeConsumer(replica.broker.jsm, nudgesStream.name, 'counter')
    const spans = await eventually(async () => {
      const found = (await named('process nudges.given')).filter(
        ({ attributes }) => attributes['messaging.message.id'] === event.id,
      )
      assert.equal(found.length, 1)
      return found
    }, removalDelayMs + 20_000)
    assert.deepEqual(
      spans.map((span) => [span.parent, span.links, span.attributes['nats.again']]),
      [[undefined, [spanIdOf(event)], 'replay']],
    )
    await allAcknowledged(replica.broker)
  })

  it('of the first publish are children, also when another process has to make it after a crash', async () => {
    const { broker, db } = replica
    const options = { db, broker, stream: countersStream, replicas: 1, log: quietLog, leaseMs: 1 }
    const crashed = await openOutbox(options)
    const event = stamp(raised('left'), cause(), new Date())
    await db.transaction((tx) => crashed.append(tx, [event]))
    const [publish] = await eventually(async () => {
      await replica.outbox.sweep()
      const spans = recorded.all().filter(({ attributes }) => attributes['messaging.message.id'] === event.id)
      assert.equal(spans.length, 1)
      return spans
    })
    assert.deepEqual([publish?.traceId, publish?.parent, publish?.links], [...parent(event), []])
  })

  it('of a republish after a loss are links and no children', async () => {
    const { broker, outbox, commit } = replica
    const change = { key: 'lost', cause: cause(), decide: () => [raised('lost')] }
    await commit(change)
    const [publish] = await named('publish counters.raised')
    const [committed] = await named('commit counters')
    recorded.forget()
    await broker.jsm.streams.delete(countersStream.name)
    await ensureStream(broker.jsm, countersStream, 1)
    const again = await eventually(async () => {
      outbox.scheduleReconcile()
      await outbox.sweep()
      const spans = await named('publish counters.raised')
      const own = spans.find(({ attributes }) => attributes['messaging.message.conversation_id'] === 'lost')
      assert.ok(own, 'not published again yet')
      return own
    })
    assert.deepEqual([again.parent, again.links], [undefined, [committed?.spanId]])
    assert.equal(again.attributes['nats.again'], 'republish')
    assert.notEqual(again.traceId, publish?.traceId)
  })

  it('are none where the caller is not sampled, and the trace goes on unsampled', async () => {
    const event = await published('unsampled', (event) => ({
      ...event,
      traceparent: event.traceparent.replace(/01$/, '00'),
    }))
    const sent = await eventually(async () => {
      const message = (await messagesOf(replica.broker, 'COUNTERS')).find(({ subject }) =>
        /unsampled/.test(subject),
      )
      assert.ok(message, 'not published yet')
      return message
    })
    await allAcknowledged(replica.broker)
    assert.match(sent.header('traceparent'), new RegExp(`^00-${traceIdOf(event)}-[0-9a-f]{16}-00$`))
    assert.deepEqual(recorded.all(), [])
  })
})
