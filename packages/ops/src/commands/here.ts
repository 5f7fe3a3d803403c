import type { OpsConnection, OpsConnectionOptions } from '../connect/connection.ts'
import { UsageError } from '../connect/exit-codes.ts'

/** Prints the digest of the read model. */
export async function digest({ json, print }: OpsConnection, { url }: OpsConnectionOptions): Promise<void> {
  if (url !== undefined) throw notByHttp('digest', 'set MONGODB_URL to the dashboard’s database')
  // Loaded when it is needed: the drivers of the stores take longer than any other command.
  const { readDigest } = await import('@saucery/local/cli/read-digest')
  const found = await readDigest()
  if (json) print(JSON.stringify(found))
  else for (const [label, value] of Object.entries(found)) print(`${label.padEnd(12)}${value}`)
}

/** Deletes the dashboard's consumers, so that it reads all streams again. */
export async function replay({ json, print }: OpsConnection, { url }: OpsConnectionOptions): Promise<void> {
  if (url !== undefined) throw notByHttp('replay', 'set NATS_URL, or use `ops rebuild`')
  const { replayDashboard } = await import('@saucery/deploy-tools/replay-dashboard')
  const streams = await replayDashboard()
  if (json) print(JSON.stringify({ streams }))
  else
    for (const stream of streams) print(`${stream}: the dashboard will read it again from the first message`)
}

const notByHttp = (what: string, instead: string) =>
  new UsageError(`${what} needs the store or the broker itself, and no gateway: without --url, ${instead}`)
