import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '@saucery/contracts/choreography'
import type { OpsConnection } from '../connect/connection.ts'
import { table, when } from '../render/table.ts'

const pollMs = 1000

/** Has each of the services compare its state with the streams. */
export async function compareState(
  { client, json, print }: OpsConnection,
  { service: services }: { readonly service: readonly Service[] },
): Promise<void> {
  for (const service of services) {
    await client.post(`/operations/${service}/reconcile`)
    if (!json) print(`${service} compares its state with the streams`)
  }
  if (json) print(JSON.stringify({ reconciling: services }))
}

/** Has the dashboard read every event again, and shows how many remain. The dashboard goes on when this is stopped. */
export async function rebuild(
  { client, json, print, note }: OpsConnection,
  stopped: AbortSignal,
): Promise<void> {
  await client.post('/operations/dashboard/rebuild')
  note('The dashboard reads every event again, and answers meanwhile')
  let last = Number.POSITIVE_INFINITY
  while (!stopped.aborted) {
    await sleep(pollMs, undefined, { signal: stopped }).catch(() => {})
    const { projection, consumers } = await client.get('/operations/dashboard')
    const remaining = consumers.reduce((sum, { pending, ackPending }) => sum + pending + ackPending, 0)
    if (projection?.state === 'ready' && remaining === 0 && last === 0) break
    if (remaining !== last && remaining > 0) note(`${remaining} events remain`)
    last = remaining
  }
  const done = !stopped.aborted
  print(json ? JSON.stringify({ done }) : done ? 'All events are read' : 'It goes on without this command')
}

/** Prints what operators did to the services, the newest first. */
export async function showActions(
  { client, json, print }: OpsConnection,
  {
    service: services,
    order: orderId,
  }: { readonly service: readonly Service[]; readonly order?: string | undefined },
): Promise<void> {
  const found = services.map(async (service) => {
    const { items } = await client.get(`/operations/${service}/actions`, { query: { orderId } })
    return items.map((action) => ({ service, ...action }))
  })
  const all = (await Promise.all(found)).flat().sort((a, b) => b.at.localeCompare(a.at))
  if (json) for (const action of all) print(JSON.stringify(action))
  else {
    const rows = all.map(({ at, by, role, action, service, details }) => [
      when(at),
      `${by} (${role})`,
      action,
      service,
      JSON.stringify(details),
    ])
    print(
      rows.length > 0 ? table(['TIME', 'WHO', 'ACTION', 'SERVICE', 'DETAILS'], rows) : 'Nothing was done yet',
    )
  }
}
