import { type Finding, promised, reported } from '../report/finding.ts'
import type { Attempt } from './attempts.ts'
import type { ProbeReport } from './probe.ts'

export interface Probed extends ProbeReport {
  readonly from: string
  readonly attempts: readonly Attempt[]
}

/**
 * What pods could open, compared with what the policies allow.
 * @param control what a pod could open that the policies allow everything
 * @param others what it was not refused, tried by the other pods: where even it was refused, nothing listens
 */
export function verdict(control: Probed, others: readonly Probed[]): Finding[] {
  const closed = control.attempts.map(({ to }) => to).filter((to) => !control.made.includes(to))
  const tried = others.flatMap(({ from, attempts, made, madeAgain }) =>
    attempts.map(({ to, isAllowed }) => {
      const times = [made, madeAgain].filter((all) => all.includes(to)).length
      return { text: `${from} → ${to}`, isAllowed, isMade: times > 0, isMissing: times < 2 }
    }),
  )
  const refused = tried.filter(({ isAllowed }) => isAllowed === false)
  const leaks = refused.filter(({ isMade }) => isMade)
  const allowed = tried.filter(({ isAllowed }) => isAllowed)
  const missing = allowed.filter(({ isMissing }) => isMissing)
  const mute = others.filter(({ resolvesNames }) => !resolvesNames).map(({ from }) => from)
  const reaches = control.made.length
  const compared = promised('to compare: a pod that they allow everything reaches', reaches, reaches > 0)
  if (refused.length === leaks.length)
    return [
      compared,
      reported('NetworkPolicies', `NOT ENFORCED HERE: nothing refuses any of ${refused.length} connections`),
    ]
  return [
    compared,
    promised('made, of the connections that the policies refuse', share(leaks, refused), !leaks.length),
    promised('not made, of those that they allow', share(missing, allowed), !missing.length),
    promised('pods that cannot resolve names', mute.join(', ') || 0, !mute.length),
    ...others.map(reachedFrom),
    reported('not tried, because nothing listens there', closed.join(', ') || 'none'),
    reported('as the policies say after, at most', `${Math.max(...others.map(({ tookMs }) => tookMs))} ms`),
  ]
}

/** `0 of 120`, or `2 of 120: order → payment: http, …` */
function share(some: readonly { text: string }[], all: readonly unknown[]): string {
  const texts = some.map(({ text }) => text).join(', ')
  return `${some.length} of ${all.length}${texts && `: ${texts}`}`
}

const reachedFrom = ({ from, made }: Probed): Finding =>
  reported(`${from} reaches`, made.join(', ') || 'nothing')
