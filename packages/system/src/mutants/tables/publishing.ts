import { mutantsOf } from '../mutant.ts'

const messaging = 'packages/messaging/src'

/** Outbox, unit of work, idempotent requests. */
export const publishing = [
  ...mutantsOf(
    `${messaging}/outbox/outbox-table.ts`,
    'outbox/outbox outbox/reconciler-extent',
    [
      'a comparison unpublishes also what was published again meanwhile',
      '.stream_sequence = lost.stream_sequence',
      '.stream_sequence > 0',
    ],
    [
      'what was published before a clock was set back hides what is published since',
      'isFarAhead(outbox.publishedAt)',
      'sql`false`',
    ],
    ['an event waits for a clock that was set back', 'isFarAhead(outbox.leasedUntil, leaseMs)', 'sql`false`'],
    ['a sweeper takes events that another process is publishing', 'leased_until < now() or', 'true or'],
    ['old events are deleted though they were never published', 'and published_at < ', 'and time < '],
  ),
  ...mutantsOf(
    `${messaging}/outbox/reconciler.ts`,
    'outbox/reconciler',
    ['a comparison stops at the first whole minute', 'if (missing.length === 0 && isFar)', 'if (isFar)'],
    ['a comparison does not wait for events that are being published', 'await publishingSettled()', ''],
    [
      'what the limits of a stream removed counts as lost',
      'if (row.streamSequence < state.first_seq && hasLimits(config)) return true',
      '',
    ],
  ),
  ...mutantsOf(
    `${messaging}/outbox/publisher.ts`,
    'outbox/outbox',
    [
      'a publisher does not notice that sequences went back',
      'if (ack.seq <= lastSequence) onRegression()',
      '',
    ],
    [
      'an event is published without its id, so that a repeat is stored twice',
      "headers.set('Nats-Msg-Id', id)",
      '',
    ],
  ),
  ...mutantsOf(`${messaging}/outbox/publishing-state.ts`, 'outbox/stalled-broker', [
    'each failed event of an outage is logged',
    'else if (stalledAt === undefined)',
    'else if (events)',
  ]),
  ...mutantsOf(`${messaging}/outbox/publishing-state.ts`, 'outbox/publishing-state', [
    'what was sent before the broker stalled counts as stored again',
    ' || since < stalledAt',
    '',
  ]),
  ...mutantsOf('packages/servers/src/process/supervise.ts', 'nats/full-disk', [
    'a broker that stores nothing is not started again',
    'void endWhenUnhealthy(server, options)',
    '',
  ]),
  ...mutantsOf('packages/servers/src/process/health.ts', 'nats/full-disk', [
    'a broker is started again while its disk is full',
    '|| !(await takesData(health.dataDir))',
    '',
  ]),
  ...mutantsOf(
    `${messaging}/idempotency/requests.ts`,
    'messaging/src/idempotency',
    ['a provisional answer overwrites a final one', 'for no key update skip locked', ''],
    [
      'a key that was used for something else gets the answer to that',
      'if (fingerprint !== request.fingerprint)',
      'if (!fingerprint)',
    ],
    [
      'two replicas carry out one request at once',
      'if (row?.is_busy || !locked.has(id) || claimed.has(id))',
      'if (row?.is_busy || claimed.has(id))',
    ],
  ),
  ...mutantsOf(`${messaging}/idempotency/finish-request.ts`, 'idempotency/finish', [
    'a second final answer replaces the first',
    'when leased_until is null then',
    'when false then',
  ]),
  ...mutantsOf(
    `${messaging}/outbox/outbox-table.ts`,
    'outbox/locked',
    ['a locked row delays the marks of others', 'for update skip locked),', 'for update),'],
    ['a lost event that was locked is forgotten', 'lost.filter(({ id }) => locked.has(id))', '[]'],
  ),
  ...mutantsOf('packages/chassis/src/async/due-work.ts', 'delivery/src/deadlines', [
    'a locked key stops the deadlines of the others',
    'if (!(error instanceof refusal)) failed.set(key, error)',
    'if (!(error instanceof refusal)) throw error',
  ]),
  ...mutantsOf(`${messaging}/inbox/inbox.ts`, 'inbox/inbox messaging/src/unit-of-work', [
    'the inbox knows no event',
    'ids.filter((id) => !handled.has(id))',
    'ids',
  ]),
  ...mutantsOf(
    `${messaging}/unit-of-work.ts`,
    'messaging/src/unit-of-work',
    ['a handled event leaves the inbox', 'if (handles !== undefined) fresh.delete(handles.id)', ''],
    ['a refused event stays in the inbox', 'wasFresh.has(id) && !fresh.has(id)', 'wasFresh.has(id)'],
    ['two first events of one key race', 'lockKeys(tx, keys, limits),', 'Promise.resolve(),'],
  ),
  ...mutantsOf(`${messaging}/commit-together.ts`, 'messaging/src/unit-of-work', [
    'a bad change makes its neighbours fail',
    'if (isDatabaseOutage(error) && !isStatementTimeout(error)) throw error',
    'throw error',
  ]),
]
