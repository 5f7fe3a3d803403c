import { signal } from '@preact/signals'
import type { Drill, Drills } from '@saucery/client/schemas'
import { client } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'

/** The drills as they were read last, and when that was; undefined where there can be none. */
export const latestDrills = signal<(Drills & { readonly at: number }) | undefined>(undefined)

export async function readDrills(signal: AbortSignal): Promise<void> {
  latestDrills.value = { ...(await client.get('/drills', { signal })), at: Date.now() }
}

/** What a drill does, in words. */
export function drillText({
  kind,
  perSecond = 0,
  percent = 0,
  every = 0,
  delayMs = 0,
  ...drill
}: Drill): string {
  const { what } = t.drills
  switch (kind) {
    case 'load':
      return what.load(count(perSecond))
    case 'payment-slow':
      return what.slow(count(delayMs))
    case 'payment-declines':
      return what.declines(count(percent))
    case 'payment-away':
      return what.away(count(percent))
    case 'deliveries-fail':
      return what.deliveries(count(percent))
    case 'handler-throws':
      return what.throws(drill.service ?? '', count(every))
    default:
      return what.frozen(drill.server ?? '')
  }
}

/** Those that have not ended by now, with the seconds that are left to each. */
export function drillsAt(now: number): { readonly drill: Drill; readonly left: number }[] {
  const { items = [], at = 0 } = latestDrills.value ?? {}
  return items
    .map((drill) => ({ drill, left: Math.ceil(drill.secondsLeft - Math.max(0, now - at) / 1000) }))
    .filter(({ left }) => left > 0)
}
