import { mutantsOf } from '../mutant.ts'

/** What one client, or one backlog, takes from the others. */
export const fairness = [
  ...mutantsOf(
    'packages/messaging/src/consumer/express-lane.ts',
    'consumer/express-lane',
    [
      'a backlog holds up what is new',
      'if (closing === undefined && info.pending >= opensAt && !stopping.aborted) open(info)',
      'if (closing === undefined && info.pending < 0) open(info)',
    ],
    ['new events pass for ever', 'else if (info.pending < closesAt) closing?.abort()', ''],
  ),
  ...mutantsOf('packages/messaging/src/unit-of-work.ts', 'messaging/src/unit-of-work', [
    'a request waits behind a backlog of events',
    "handles === undefined ? 'requests' : 'events'",
    "handles === undefined ? 'events' : 'events'",
  ]),
  ...mutantsOf('packages/messaging/src/async/periodic.ts', 'async/periodic', [
    'slow counts follow one another without a pause',
    'Math.min(rest * took, 10 * everyMs)',
    '0',
  ]),
  ...mutantsOf('packages/payment/src/provider-calls/calls.ts', 'provider-calls/calls', [
    'calls that were put off take every place',
    'Math.ceil(settings.PROVIDER_CONCURRENCY / 2)',
    'settings.PROVIDER_CONCURRENCY',
  ]),
  ...mutantsOf(
    'packages/chassis/src/http/wait-places.ts',
    'http/wait-places gateway/src/proxy/waits',
    ['one branch takes every place for waits', 'Math.ceil(total / 5)', 'total'],
    ['one caller takes every place for waits', 'Math.ceil(total / 10)', 'total'],
  ),
  ...mutantsOf('packages/chassis/src/http/connection-age.ts', 'e2e/added-replica', [
    'a client keeps its connection for ever',
    'else if (now >= expiry) closeWithAnswer(incoming, outgoing)',
    '',
  ]),
  ...mutantsOf('packages/messaging/src/consumer/time-order.ts', 'consumer/time-order', [
    'a stream that is stuck holds up the others for ever',
    'impatient ??= setTimeout(passSlowest, patienceMs)',
    'impatient ??= undefined',
  ]),
  ...mutantsOf('packages/chassis/src/http/strict-head.ts', 'http/strict-head', [
    'a path with a dot segment is routed',
    "if (dotSegment.test(path)) return { ...malformedRequest, detail: 'The path has a dot segment.' }",
    '',
  ]),
  ...mutantsOf('packages/dashboard/src/store/shared-count.ts', 'operations/overdue', [
    'every replica counts the overdue orders',
    'if (isNewer && known?.counts) return known.counts as Counts',
    '',
  ]),
  ...mutantsOf('packages/dashboard/src/live/replays.ts', 'live/replays', [
    'replays have no turns',
    'const turnOf = (key: string) => turns.get(key) ?? 0',
    'const turnOf = (_key: string) => 0',
  ]),
]
