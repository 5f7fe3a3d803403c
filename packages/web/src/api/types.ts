import type { Action, Caller } from '@saucery/contracts/access/scope'
import type { AnyFact } from '@saucery/contracts/choreography'
import type { Status } from '@saucery/contracts/status'

export type { Action, Status }

export type EventName = AnyFact['name']

/** One event of an order's story. */
export interface Entry {
  readonly id: string
  readonly event: EventName
  /** The id of the event or request that led to it. */
  readonly cause: string
  readonly time: string
  readonly stream: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What the order's next event will be one of, and when it has to be there. */
interface WaitsFor {
  readonly events: readonly EventName[]
  readonly since: string
  readonly until?: string
  readonly overdue: boolean
}

/** Where an order stands; what its events have not told yet is absent. */
export interface Order {
  readonly orderId: string
  readonly branchId?: string
  readonly sauceId?: string
  readonly qty?: number
  readonly price?: number
  readonly amount?: number
  readonly status: Status
  readonly payment?: Part
  readonly delivery?: Part
  readonly placedAt?: string
  /** When the present status began. */
  readonly since?: string
  readonly tookMs?: number
  readonly waitsFor?: WaitsFor
  readonly timeline: readonly Entry[]
}

interface Part {
  readonly status: string
  readonly reason?: string
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** Who asks, and what they may do. */
export interface Me {
  readonly signIn: 'on' | 'off'
  readonly role: Caller['role']
  readonly subject?: string
  readonly branchId?: string
  readonly may: readonly Action[]
}

export interface Statistics {
  readonly since: string
  readonly until: string
  readonly stepMs: number
  readonly byStatus: Readonly<Record<Status, number>>
  readonly steps: readonly Step[]
  readonly delivery: Durations
}

export interface Step {
  readonly time: string
  readonly placed: number
  readonly delivered: number
  readonly failed: number
  readonly cancelled: number
  readonly rejected: number
}

export interface Durations {
  readonly count: number
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  readonly histogram: readonly { readonly upToMs: number | null; readonly count: number }[]
}

export interface Delivery {
  readonly orderId: string
  readonly branchId?: string
  readonly sauceId?: string
  readonly qty?: number
  readonly status: string
  readonly startedAt?: string
}

export interface Operations {
  readonly service: string
  readonly consumers: readonly Consumer[]
  readonly outbox?: { readonly unpublished: number; readonly oldestMs: number }
  readonly deadLetters: number
  readonly projection?: Projection
}

interface Consumer {
  readonly stream: string
  readonly durable: string
  readonly pending: number
  readonly ackPending: number
  readonly redelivered: number
}

export interface Projection {
  readonly version: number | string
  readonly state: 'building' | 'ready'
  readonly serving?: number | string
  readonly handled: number
  readonly remaining: number
  readonly perSecond?: number
}

export interface DeadLetter {
  readonly sequence: number
  readonly time: string
  readonly subject: string
  readonly event?: string
  readonly eventId?: string
  readonly orderId?: string
  readonly stream?: string
  readonly streamSequence?: number
  readonly error: string
  readonly tries: number
  readonly handled: boolean
}
