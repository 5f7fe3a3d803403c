import type { Broker } from '@saucery/messaging/broker'
import { isAt } from '@saucery/messaging/stream-reading'
import type { IsThere } from './writes.ts'

/** Asks the streams. While the broker is away nothing is acknowledged: what is taken for there then comes again. */
export const placesIn =
  (broker: Broker): IsThere =>
  ({ stream, sequence, id }) =>
    isAt(broker, stream, { sequence, id }).catch(() => true)
