import type { Drill } from '@saucery/client/schemas'

/** One drill in a sentence. */
export function drillLine(drill: Drill): string {
  const { kind, perSecond, delayMs, percent, every, service, server, secondsLeft, placed, refused } = drill
  const what = [
    kind,
    service,
    server,
    perSecond !== undefined && `${perSecond} orders/s`,
    delayMs !== undefined && `${delayMs} ms`,
    percent !== undefined && `${percent} %`,
    every !== undefined && `every ${every}th event`,
    placed !== undefined && `${placed} placed, ${refused ?? 0} refused`,
  ]
  return `${what.filter(Boolean).join(' · ')}, ${Math.ceil(secondsLeft)} s left`
}
