import type { DrillRequest } from '@saucery/client/schemas'
import type { OpsConnection } from '../connect/connection.ts'
import { UsageError } from '../connect/exit-codes.ts'
import { drillLine } from '../render/drills.ts'

/** Begins a drill, which ends by itself. */
export async function startDrill(
  { client, json, print, note }: OpsConnection,
  body: DrillRequest,
): Promise<void> {
  const { data } = await client.post('/operations/drills', { body })
  print(json ? JSON.stringify(data) : drillLine(data))
  note(`It ends by itself; end it now with \`ops faults end ${data.id}\``)
}

export async function listDrills({ client, json, print }: OpsConnection): Promise<void> {
  const drills = await client.get('/drills')
  if (json) return print(JSON.stringify(drills))
  if (!drills.enabled)
    return print('Drills are off here: they need DRILLS=on, and are never on in production')
  const lines = drills.items.map((drill) => `${drill.id}: ${drillLine(drill)}`)
  print(
    [...(lines.length > 0 ? lines : ['No drill']), `Possible here: ${drills.kinds.join(', ')}`].join('\n'),
  )
}

export async function stopDrill({ client, json, print }: OpsConnection, drillId: string): Promise<void> {
  const { data } = await client.post('/operations/drills/{drillId}/end', { path: { drillId } })
  print(json ? JSON.stringify(data) : `${drillId} is over`)
}

/** Such as `30s` or `2m`, in whole seconds. */
export function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,4})([sm]?)$/.exec(text) ?? []
  if (count === undefined) throw new UsageError(`--for is no time such as 30s or 2m: ${text}`)
  return Number(count) * (unit === 'm' ? 60 : 1)
}

const ways = ['delivered', 'declined', 'cancelled-at-once', 'cancelled-on-the-way', 'failed'] as const

type Mix = Partial<Record<(typeof ways)[number], number>>

/** Such as `delivered=8,failed=1`: shares of the ways that the orders go. */
export function mixOf(text: string): Mix {
  const parts = text.split(',').map((part) => part.trim().split('='))
  for (const [way, share] of parts)
    if (!ways.some((one) => one === way) || !/^\d{1,3}$/.test(String(share)))
      throw new UsageError(`--mix is no list such as delivered=8,failed=1, of ${ways.join(', ')}: ${text}`)
  return Object.fromEntries(parts.map(([way, share]) => [way, Number(share)]))
}
