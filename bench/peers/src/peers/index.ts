import type { Peer } from '../peer.ts'
import { direct, throughGateway } from './ours.ts'
import { outboxPoller } from './outbox-poller.ts'

/** In the order of a round. */
export const peers = {
  ours: direct,
  gateway: throughGateway,
  poller: outboxPoller,
} satisfies Record<string, Peer>
