import type { OperatedService } from '@saucery/chassis/operations/operations'
import { keyOf } from '@saucery/messaging/events/event'
import type { ViewStore } from '../store/view-store.ts'

type Operated = Omit<OperatedService, 'service' | 'handledAmong'>

/** A dead letter counts as handled once its event is in its order's view. */
export const dashboardOperations = (operated: Operated, views: ViewStore): OperatedService => ({
  ...operated,
  service: 'dashboard',
  handledAmong: (letters) => views.eventsOf(new Set(letters.map(({ subject }) => keyOf(subject)))),
})
