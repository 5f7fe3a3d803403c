import type { Broker } from '@saucery/messaging/nats/connection'
import { hasEventAt } from '@saucery/messaging/nats/stream-reader'
import type { IsThere } from './view-writer.ts'

/** Asks the streams. While the broker is away nothing is acknowledged: what is taken for there then comes again. */
export const eventLocations =
  (broker: Broker): IsThere =>
  ({ stream, sequence, id }) =>
    hasEventAt(broker, stream, { sequence, id }).catch(() => true)
