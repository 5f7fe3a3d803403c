import { mutantsOf } from '../mutant.ts'

const messaging = 'packages/messaging/src'

/** Traces: what is a child, what is a link, and what is not recorded. */
export const traces = [
  ...mutantsOf(
    `${messaging}/traces/spans.ts`,
    'traces/spans.test',
    ['what happens again is a child', 'if (!again || !before)', 'if (true)'],
    [
      'what happens again is recorded though its caller does not sample',
      'if (!(before.traceFlags & TraceFlags.SAMPLED))',
      'if (false)',
    ],
    ['a span has the text of an error', 'String(code ?? error.name)', 'String(error.message)'],
  ),
  ...mutantsOf(`${messaging}/consumer/again.ts`, 'traces/traces.int', [
    'a replay is a child',
    "return timestampNanos / 1e6 < consumerCreated ? 'replay' : undefined",
    'return undefined',
  ]),
  ...mutantsOf(`${messaging}/outbox/publisher.ts`, 'traces/traces.int', [
    'a republish after a loss is a child',
    "event.wasPublished ? 'republish' : undefined",
    'undefined',
  ]),
  ...mutantsOf(
    `${messaging}/traces/shared-spans.ts`,
    'traces/traces.int',
    [
      'a shared transaction has no link to its members',
      'database(ROOT_CONTEXT, { links,',
      'database(ROOT_CONTEXT, {',
    ],
    [
      'a change that shared a transaction has no time in the database',
      'const own = members.map(',
      'const own = members.slice(members.length).map(',
    ],
  ),
  ...mutantsOf('packages/chassis/src/http/trace-requests.ts', 'http/trace-requests', [
    'the span of an event stream lasts as long as the stream',
    "if (!outgoing || c.res.headers.get('content-type')?.startsWith('text/event-stream'))",
    'if (!outgoing)',
  ]),
  ...mutantsOf('packages/gateway/src/operations/operations-api.ts', 'operations/traces', [
    'everyone may read traces',
    `app.openapi(getOrderTraces, async (c) => {
    authorize(c, 'operate')`,
    'app.openapi(getOrderTraces, async (c) => {',
  ]),
  ...mutantsOf('packages/local/src/traces/span-store.ts', 'traces/span-store', [
    'the trace store grows without end',
    'while (ofOrders.size + others.size > traces || size > bytes) evict()',
    '',
  ]),
]
