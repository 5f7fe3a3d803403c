import type { components } from '../generated/api.d.ts'

type Schemas = components['schemas']

export type Order = Schemas['Order']
export type OrderRequest = Schemas['OrderRequest']
export type Payment = Schemas['Payment']
export type Delivery = Schemas['Delivery']

/** What the dashboard knows of an order. */
export type OrderView = Schemas['OrderDashboard']
export type TimelineEntry = Schemas['TimelineEntry']
export type EventName = TimelineEntry['event']
export type WaitsFor = Schemas['WaitsFor']

export type Statistics = Schemas['Statistics']
export type StatisticsStep = Statistics['steps'][number]
export type DeliveryTimes = Statistics['delivery']

export type Operations = Schemas['Operations']
export type Consumer = Operations['consumers'][number]
/** All services as the gateway sees them. */
export type Overview = Schemas['Overview']
export type ServiceState = Schemas['ServiceState']
export type Projection = NonNullable<Operations['projection']>
export type DeadLetter = Schemas['DeadLetter']
export type DeadLetterContent = Schemas['DeadLetterContent']
/** Open dead letters of one event and one cause. */
export type DeadLetterGroup = Schemas['DeadLetterGroup']
export type OperatorJob = Schemas['OperatorJob']
export type OperatorAction = Schemas['OperatorAction']

export type OrderTraces = Schemas['OrderTraces']
export type Trace = Schemas['Trace']
export type Span = Schemas['Span']

/** What an order waits for, what of it fails, and what can still happen. */
export type OrderStory = Schemas['OrderStory']
export type StoryPart = Schemas['OrderStoryPart']

/** Load and faults that are made on purpose. */
export type Drills = Schemas['Drills']
export type Drill = Schemas['Drill']
export type DrillRequest = Schemas['DrillRequest']

export type Me = Schemas['Me']
export type Action = Me['may'][number]

/** RFC 9457 problem details. */
export type Problem = Schemas['Problem']
/** One bad field: a pointer (RFC 6901) into the body, or the name of a query parameter or header. */
export type FieldError = NonNullable<Problem['errors']>[number]

/** A part of a list; `next` is the `cursor` of the next one. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}
