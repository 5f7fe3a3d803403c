import { streams } from '@saucery/contracts/choreography'
import { deadLetters, provisionStream } from '@saucery/messaging/streams'
import { connect } from 'nats'
import type { NatsAccess } from './nats-users.ts'

/** Makes the streams, or brings them up to date, before anybody speaks or listens. */
export async function provision({ url, users }: NatsAccess, replicas: number): Promise<void> {
  const { user, password } = users.provisioner
  const login = user === undefined ? {} : { user, pass: password ?? '' }
  const name = 'provisioner'
  const connection = await connect({ servers: url.split(','), name, inboxPrefix: `_INBOX_${name}`, ...login })
  try {
    const jsm = await connection.jetstreamManager({ checkAPI: false })
    await Promise.all([...streams, deadLetters].map((spec) => provisionStream(jsm, spec, replicas)))
  } finally {
    await connection.close()
  }
}
