import type { Peer } from '../peer.ts'
import { dbosTransact } from './dbos.ts'
import { direct, throughGateway } from './ours.ts'
import { outboxPoller } from './outbox-poller.ts'
import { watermillInMemory, watermillWithStore } from './watermill.ts'

/** In the order of a round. */
export const peers = {
  ours: direct,
  gateway: throughGateway,
  poller: outboxPoller,
  watermill: watermillInMemory,
  'watermill-store': watermillWithStore,
  dbos: dbosTransact,
} satisfies Record<string, Peer>
