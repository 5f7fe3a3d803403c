import { mutantsOf } from '../mutant.ts'

/** What a process that stops still answers, and what it gives back. */
export const stopping = [
  ...mutantsOf(
    'packages/chassis/src/http/server.ts',
    'chassis/src/http/server.test',
    [
      'a stop resets the connections that clients keep',
      'if (quietMs === 0) return closeIdle()',
      'return closeIdle()',
    ],
    [
      'an answer on a kept connection does not say that it is the last',
      'if (isClosing) announceClose(response)',
      '',
    ],
    [
      'an answer in flight at a stop does not say that it is the last',
      'for (const response of inFlight.values()) announceClose(response)',
      '',
    ],
    ['a kept connection stays open after its last answer', 'if (isClosing) socket.destroySoon()', ''],
    [
      'a request that has begun to arrive is cut off by a stop',
      ' && socket.bytesRead === (bytesAnswered.get(socket) ?? 0)',
      '',
    ],
    ['a stop cuts off the answer of a slow reader', 'Server.prototype.close.call(server)', 'server.close()'],
  ),
  ...mutantsOf(
    'packages/messaging/src/consumer/finish-in-time.ts',
    'consumer/consumer.int',
    ['what is unfinished at a stop is not given back', 'message.nak()', ''],
    ['a stop waits for what is not finished in time', '      release()\n', ''],
  ),
  ...mutantsOf('packages/messaging/src/consumer/pull-loop.ts', 'consumer/stop.int', [
    'a stop waits for room, or for a broker that is away',
    "stopping.addEventListener('abort', endForGood)",
    '',
  ]),
  ...mutantsOf('packages/messaging/src/nats/driver.ts', 'consumer/store-down', [
    'a pull that ends drops what is on its way',
    'void sub.drain()',
    'sub.unsubscribe()',
  ]),
  ...mutantsOf('packages/dashboard/src/operations/overdue.ts', 'operations/overdue', [
    'a stop of the dashboard waits for a count',
    'now: Date.now() }, signal)',
    'now: Date.now() })',
  ]),
]
