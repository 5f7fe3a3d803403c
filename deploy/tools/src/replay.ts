import { resolve } from 'node:path'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf, projectionVersion } from '@saucery/contracts/projection-durables'
import { dataFolder } from '@saucery/servers/install/folders'
import { connect } from 'nats'
import { replayer } from './secrets/nats-users-file.ts'
import { secretFiles } from './secrets/secret-files.ts'

const servers = process.env.NATS_URL || 'nats://localhost:4222'
const { nats = {} } = secretFiles(resolve(process.env.SAUCERY_DATA || dataFolder))
const connection = await connect({
  servers,
  user: replayer.user,
  pass: nats[replayer.variable] ?? '',
  inboxPrefix: `_INBOX_${replayer.user}`,
})
try {
  const jsm = await connection.jetstreamManager({ checkAPI: false })
  for (const { stream } of subscriptionsOf('dashboard')) {
    await jsm.consumers.delete(stream, durableOf(projectionVersion))
    process.stdout.write(`${stream}: the dashboard will read it again from the first message\n`)
  }
} finally {
  await connection.close()
}
