import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf, projectionVersion } from '@saucery/contracts/projection-durables'
import { dataDir, readCommandLine } from '@saucery/local/cli/command-line'
import { connect } from 'nats'
import { replayer } from './secrets/nats-users-file.ts'
import { secretFiles } from './secrets/secret-files.ts'

const usage = `Usage: npx pnpm@12 replay

Deletes the dashboard's consumers, so that it reads all streams again from the first message.

  NATS_URL      the server (nats://localhost:4222)
  SAUCERY_DATA  the folder with its passwords (.data)
`

readCommandLine(usage, {}, () => {})
const servers = process.env.NATS_URL || 'nats://localhost:4222'
const { nats = {} } = secretFiles(dataDir)
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
