import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf, projectionVersion } from '@saucery/contracts/projection-durables'
import { dataDir } from '@saucery/local/cli/command-line'
import { connect } from 'nats'
import { replayer } from './secrets/nats-users-file.ts'
import { secretFiles } from './secrets/secret-files.ts'

/**
 * Deletes the dashboard's consumers on the server in NATS_URL, with the password from the data folder, so that the
 * dashboard reads all streams again from the first message.
 * @returns the streams
 */
export async function replayDashboard(): Promise<string[]> {
  const { nats = {} } = secretFiles(dataDir)
  const connection = await connect({
    servers: process.env.NATS_URL || 'nats://localhost:4222',
    user: replayer.user,
    pass: nats[replayer.variable] ?? '',
    inboxPrefix: `_INBOX_${replayer.user}`,
  })
  try {
    const jsm = await connection.jetstreamManager({ checkAPI: false })
    const streams = subscriptionsOf('dashboard').map(({ stream }) => stream)
    for (const stream of streams) await jsm.consumers.delete(stream, durableOf(projectionVersion))
    return streams
  } finally {
    await connection.close()
  }
}
