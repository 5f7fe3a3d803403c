import type { OperatedService } from '@saucery/chassis/operations/operations'
import { keyOf } from '@saucery/messaging/events/event'
import type { ViewStore } from '../store/view-store.ts'

type Operated = Pick<OperatedService, 'broker' | 'lag' | 'reprocess' | 'projection'>

/** A dead letter counts as handled once its event is in its order's view. */
export const dashboardOperations = (
  operated: Operated,
  views: Pick<ViewStore, 'eventsOf'>,
): OperatedService => ({
  ...operated,
  service: 'dashboard',
  handledAmong: (deadLetters) => {
    const orderIds = deadLetters.map(({ subject }) => keyOf(subject))
    return views.eventsOf([...new Set(orderIds)])
  },
})
