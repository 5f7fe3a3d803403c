import { readCommandLine } from '@saucery/local/cli/command-line'
import { replayDashboard } from './replay-dashboard.ts'

const usage = `Usage: npx pnpm@12 replay

Deletes the dashboard's consumers, so that it reads all streams again from the first message.

  NATS_URL      the server (nats://localhost:4222)
  SAUCERY_DATA  the folder with its passwords (.data)
`

readCommandLine(usage, {}, () => {})
for (const stream of await replayDashboard())
  process.stdout.write(`${stream}: the dashboard will read it again from the first message\n`)
