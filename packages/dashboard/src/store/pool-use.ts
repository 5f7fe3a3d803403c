import type { PoolState } from '@saucery/messaging/postgres/database'
import type { MongoClient } from 'mongodb'

/** Follows the client's pools, one for each server of a replica set. */
export function watchPools(client: MongoClient): () => PoolState {
  const use = { open: 0, inUse: 0, waiting: 0 }
  const count = (change: Partial<typeof use>) => () => {
    for (const [what, by] of Object.entries(change)) use[what as keyof typeof use] += by
  }
  client
    .on('connectionCreated', count({ open: 1 }))
    .on('connectionClosed', count({ open: -1 }))
    .on('connectionCheckOutStarted', count({ waiting: 1 }))
    .on('connectionCheckOutFailed', count({ waiting: -1 }))
    .on('connectionCheckedOut', count({ waiting: -1, inUse: 1 }))
    .on('connectionCheckedIn', count({ inUse: -1 }))
  return () => ({ size: client.options.maxPoolSize, ...use })
}
