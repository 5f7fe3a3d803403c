import { mutantsOf } from '../mutant.ts'

const messaging = 'packages/messaging/src'

/** Consumers, dead letters, signatures, streams. */
export const consuming = [
  ...mutantsOf(`${messaging}/consumer/pull-loop.ts`, 'consumer/stop.int', [
    'a replica ends its pull at once when it stops',
    'if (broker.isConnected()) setTimeout(end, longestMs + 500).unref()\n    else end()',
    'end()',
  ]),
  ...mutantsOf(
    `${messaging}/consumer/consumer.ts`,
    'consumer/consumer.int',
    [
      'what is not finished in time is given back while the pull is open',
      'void ended.then(() => givingUp.abort())',
      'givingUp.abort()',
    ],
    [
      'what waits is given back while the pull is open',
      'drained: drained.signal',
      'drained: stopping.signal',
    ],
  ),
  ...mutantsOf(
    `${messaging}/consumer/watermark.ts`,
    'consumer/watermark',
    [
      'the watermark does not notice that its stream was made anew',
      'if (next && delivered.stream_seq < next.delivered) next = undefined',
      '',
    ],
    [
      'a deadline counts events that were not compared with the stream',
      'Math.min(watermark(), comparedUntil(stream))',
      'watermark()',
    ],
    ['the watermark passes messages in flight', 'if (pending === 0 && inFlight === 0)', 'if (pending === 0)'],
  ),
  ...mutantsOf(
    `${messaging}/consumer/past-moment.ts`,
    'consumer/watermark',
    [
      'a message that fails holds up deadlines for as long as a clock was set back',
      'performance.now() - since',
      'Date.now() - at',
    ],
    [
      'the watermark claims the future when a clock was set back',
      'Math.min(at, Math.ceil(Date.now() - ageMs()))',
      'at',
    ],
  ),
  ...mutantsOf(`${messaging}/consumer/reconciler.ts`, 'consumer/reconciler', [
    'a state was compared up to the future when a clock was set back',
    'const until = () => Math.min(at.time(), oldestInFlight)',
    'const time = at.time()\n    const until = () => Math.min(time, oldestInFlight)',
  ]),
  ...mutantsOf(`${messaging}/consumer/comparison.ts`, 'consumer/comparison', [
    'a comparison with an anchor ends where the clock of the broker was set back',
    'if (newest && !isAnchored) until ??= comparesDownTo(newest, anchor, performance.now())',
    'until ??= anchor && anchor.time - 120_000',
  ]),
  ...mutantsOf(`${messaging}/consumer/how-far.ts`, 'consumer/how-far', [
    'a comparison ends where the clock of the broker was set back',
    'Math.min(anchor.time, newest.time - (now - anchor.since))',
    'anchor.time',
  ]),
  ...mutantsOf(
    `${messaging}/consumer/missed.ts`,
    'consumer/missed',
    ['what a consumer ahead of its stream was not handed is never missed', 'isAhead || message', 'message'],
    ['what is in flight for ever is never missed', '|| now - since >= patienceMs', ''],
  ),
  ...mutantsOf(`${messaging}/consumer/trail.ts`, 'consumer/trail', [
    'a trail keeps the last position, not the highest',
    '!newest || sequence > newest.sequence',
    'sequence',
  ]),
  ...mutantsOf(
    `${messaging}/dead-letters/reconciler.ts`,
    'dead-letters/reconciler',
    [
      'a comparison of dead letters stops at its first ten minutes',
      'missing.length === 0 && oldest',
      'oldest',
    ],
    [
      'dead letters from before a clock was set back hide those since',
      'Math.max(0, page[0].ageMs)',
      'page[0].ageMs',
    ],
  ),
  ...mutantsOf(`${messaging}/consumer/settle.ts`, 'consumer/consumer consumer/settle dead-letters/publish', [
    'a message is terminated without a dead letter',
    'await publishDeadLetter(',
    '',
  ]),
  ...mutantsOf(`${messaging}/async/keyed-queue.ts`, 'async/keyed-queue', [
    'a failure ends the queue of its key',
    '.then(run, run)',
    '.then(run)',
  ]),
  ...mutantsOf(`${messaging}/consumer/keep-alive.ts`, 'consumer/consumer', [
    'a slow message is delivered to another replica too',
    'message.working()',
    'undefined',
  ]),
  ...mutantsOf(
    `${messaging}/consumer/processor.ts`,
    'consumer/consumer dead-letters/reprocess',
    [
      'an outage lets later messages of its key pass',
      'inKeyOrder(retryOutages(handle))',
      'retryOutages(inKeyOrder(handle))',
    ],
    [
      'an outage while a dead letter is retried counts as its failure',
      'if (isOutage(error) || error instanceof KeyBusy) throw error',
      '',
    ],
  ),
  ...mutantsOf(`${messaging}/dead-letters/record.ts`, 'dead-letters', [
    'a dead letter keeps the headers that instruct the server',
    '/^(nats|dead-letter)-/i',
    '/^dead-letter-/i',
  ]),
  ...mutantsOf(`${messaging}/dead-letters/reader.ts`, 'dead-letters/reader', [
    'a service reads the dead letters of others',
    'if (!subject.startsWith(prefix)) return undefined',
    '',
  ]),
  ...mutantsOf(
    `${messaging}/events/actor.ts`,
    'events/actor events/cloud-events chassis/src/http/request-id',
    [
      'an actor that was changed on the way is believed',
      "if (!causationId.startsWith(prefix) || causationId.split(':')[2] !== digestOf(text)) return undefined",
      '',
    ],
    ['a client can name the cause of an event', "const prefix = 'request:'", "const prefix = ''"],
  ),
  ...mutantsOf(
    `${messaging}/events/signature.ts`,
    'events/signature events/cloud-events',
    ['the cause of an event is not signed', ", 'ce-causationid']", ']'],
    ['unsigned events are accepted for ever', 'unsignedUntil && arrived < unsignedUntil', 'unsignedUntil'],
    ['a known signature is good for every event', ", root.toString('base64url')].join", '].join'],
    ['a known group is good for every key', '[publisher, keyId, signature, root', '[signature, root'],
  ),
  ...mutantsOf(
    `${messaging}/events/cloud-events.ts`,
    'events/publisher',
    [
      'an answer of the server passes for an event',
      'answerHeaders.find((name) => headers?.has(name))',
      'answerHeaders.find(() => false)',
    ],
    ['nobody checks who published an event', '  checkPublisher(message, expected, arrived)\n', ''],
  ),
  ...mutantsOf(
    `${messaging}/nats/streams.ts`,
    'nats/streams consumer/consumer',
    ['whoever may publish may also purge', 'deny_purge: true,', ''],
    ['the server gives up on a message silently', 'max_deliver: -1,', 'max_deliver: 3,'],
    ['a new consumer begins at the end', 'DeliverPolicy.All,', 'DeliverPolicy.New,'],
  ),
  ...mutantsOf(`${messaging}/nats/stream-reader.ts`, 'live/outages live/feed', [
    'the live feed takes another event for the one that it read last',
    '|| at.id !== position.id',
    '',
  ]),
]
