import type { OrderView } from '@saucery/client/schemas'
import { type RemainingPath, remainingPaths } from '@saucery/contracts/order-paths'
import { isFinal } from '@saucery/contracts/status'
import { t } from '../texts/texts.ts'
import { StatusMark } from './statuses.tsx'

/** What can still happen to an order, in grey: a line for each way, and those of a cancel apart. */
export function RemainingPaths({ order }: { order: OrderView }) {
  if (isFinal(order.status)) return null
  const paths = remainingPaths(new Set(order.timeline.map(({ event }) => event)))
  const plain = paths.filter(({ events }) => !events.includes('OrderCancelled'))
  const cancelled = paths.filter(({ events }) => events.includes('OrderCancelled'))
  if (paths.length === 0) return null
  return (
    <section class="remaining" aria-labelledby="remaining-title">
      <h2 id="remaining-title">{t.story.remaining}</h2>
      <Paths of={plain} />
      {cancelled.length > 0 && (
        <details>
          <summary>{t.story.ifCancelled}</summary>
          <Paths of={cancelled} />
        </details>
      )}
    </section>
  )
}

const Paths = ({ of }: { of: readonly RemainingPath[] }) => (
  <ul>
    {of.map(({ events, status }) => (
      <li key={events.join()}>
        {events.join(' → ')} → <StatusMark status={status} />
      </li>
    ))}
  </ul>
)
