import { useEffect } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { route } from '../ui/router.ts'
import { now } from '../ui/screen.ts'
import { usePolled } from '../ui/use-polled.tsx'
import { deadLettersOf, overdueOf, sinceMs, stateAt } from './health.ts'
import { latestOverview, readOverview } from './overview.ts'

/** How every service is, on every page. Reads it for the badges and the operations page, too. */
export function HealthStrip() {
  const everyMs = route.value.page === 'operations' ? 1000 : 2000
  usePolled(readOverview, everyMs, [everyMs])
  useEffect(forget, [])
  const found = latestOverview.value
  if (!found) return null
  const since = sinceMs(found, now.value)
  return (
    <ul class="health" aria-label={t.operations.services}>
      {found.services.map((it) => {
        const state = stateAt(it, since)
        return (
          <li key={it.service} class={`state ${state}`} title={it.reason}>
            {it.service} <span class={state === 'up' ? 'hidden' : ''}>{t.operations[state]}</span>
          </li>
        )
      })}
    </ul>
  )
}

/** Another caller may not see it. */
const forget = () => () => {
  latestOverview.value = undefined
}

const badges = {
  waiting: { of: overdueOf, what: t.operations.overdue },
  operations: { of: deadLettersOf, what: t.operations.deadLetterCount },
} as const

/** What needs a person, beside the link to its page. */
export function Badge({ page }: { page: string }) {
  const found = latestOverview.value
  const badge = badges[page as keyof typeof badges]
  const known = found && badge?.of(found, sinceMs(found, now.value))
  if (!known || known.value === 0) return null
  return (
    <span class={known.isOld ? 'badge old' : 'badge'}>
      {count(known.value)}
      <span class="hidden">
        {' '}
        {badge.what}
        {known.isOld && `, ${t.operations.notUpToDate}`}
      </span>
    </span>
  )
}
