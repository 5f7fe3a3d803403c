import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from '@saucery/messaging/async/backoff'
import { batcher } from '@saucery/messaging/async/batcher'
import { type Cause, stamp } from '@saucery/messaging/events/event'
import { type Log, reasonOf } from '@saucery/messaging/log'
import type { Database } from '@saucery/messaging/postgres/database'
import { keyAttribute, traced } from '@saucery/messaging/traces/spans'
import type { z } from 'zod'
import { ChargeOverdue, type OpenPayment, settle } from '../domain.ts'
import { ask } from '../provider/ask.ts'
import type { PaymentProvider } from '../provider/provider.ts'
import type { paymentSettings } from '../settings.ts'
import type { CommitPayment } from '../store.ts'
import { type Call, leaseDue, leaseMs, type Postponed, postpone } from './due.ts'
import { openCallPlaces } from './places.ts'

type Settings = Pick<
  z.infer<typeof paymentSettings>,
  | 'PROVIDER_TIMEOUT_MS'
  | 'PROVIDER_RETRY_MS'
  | 'PROVIDER_RETRY_MAX_MS'
  | 'PROVIDER_CONCURRENCY'
  | 'CHARGE_DEADLINE_MS'
>

interface Deps {
  readonly db: Database
  readonly commit: CommitPayment
  readonly provider: PaymentProvider
  readonly settings: Settings
  readonly log: Log
}

export type ProviderCalls = ReturnType<typeof openProviderCalls>

type Due = Awaited<ReturnType<typeof leaseDue>>[number]

/** Between two looks for calls that are due, while others are under way. */
const pauseMs = 100

/** The first call of a payment waits so long for a place. Its message waits with it, and no longer. */
const patienceMs = 2000

const causeOf = (id: string): Cause => ({ id, traceparent: '' })

/** Asks the provider, and settles the payments. The rows of the open payments are the timers of what is unknown. */
export function openProviderCalls({ db, commit, provider, settings, log }: Deps) {
  const backoff = { firstMs: settings.PROVIDER_RETRY_MS, maxMs: settings.PROVIDER_RETRY_MAX_MS }
  const limits = { deadlineMs: settings.CHARGE_DEADLINE_MS, longestMs: backoff.maxMs }
  const places = openCallPlaces(settings.PROVIDER_CONCURRENCY)
  // What was put off leaves places for what is new. (calls.int.test: "asks for a new payment beside many that are due")
  const mostDue = Math.ceil(settings.PROVIDER_CONCURRENCY / 2)

  const endLease = batcher(async (calls: Postponed[]) => {
    await postpone(db, calls)
    return calls.map(() => ({ value: undefined }))
  })
  const end = (call: Postponed) =>
    endLease(call).catch((error) =>
      log.warn({ error, orderId: call.orderId }, 'the lease is left to run out'),
    )

  const askTraced = (asked: Parameters<typeof ask>[1]) =>
    traced('ask provider', { attributes: { 'service.peer.name': 'payment-provider' } }, () =>
      ask(provider, asked, settings.PROVIDER_TIMEOUT_MS),
    )

  /** Never rejects: what is not settled is due again. */
  async function attempt({ orderId, status, amount, attempts }: Call, cause: Cause): Promise<void> {
    try {
      await traced('settle payment', { attributes: { [keyAttribute]: orderId } }, async () => {
        const outcome = await askTraced({ orderId, status, amount })
        await commit({ key: orderId, cause, decide: (payment) => settle(payment, outcome) })
      })
    } catch (failure) {
      const error = reasonOf(failure).replace(/\p{C}/gu, ' ').slice(0, 200)
      const delayMs = retryDelay(Math.max(1, attempts), backoff)
      await end({ orderId, status, amount, attempts, delayMs, error })
    }
  }

  /** Commits that the charge is given up before it asks for the refund: no late approval can be settled any more. */
  async function giveUp(orderId: string): Promise<void> {
    const cause = causeOf('charge-deadline')
    const overdue = stamp(ChargeOverdue(orderId), cause, new Date())
    const { state } = await commit({ key: orderId, cause, consumes: overdue, decide: () => [] })
    log.warn({ orderId, status: state?.status }, 'the charge is given up at its deadline')
    if (state?.status === 'VOID_PENDING') await attempt({ ...state, attempts: 0 }, cause)
  }

  /** @param taken places for the calls; those that it needs not are free again */
  async function leaseFor(taken: number): Promise<Due[]> {
    let due: Due[] = []
    try {
      if (taken > 0) due = await leaseDue(db, { ...limits, count: taken })
      return due
    } finally {
      for (let unused = taken - due.length; unused > 0; unused--) places.leave()
    }
  }

  return {
    /** The first call, by the replica that committed the status; when it finds no place, it is due at once. */
    async begin(payment: OpenPayment, cause: Cause): Promise<void> {
      const call = { ...payment, attempts: 0 }
      if (!(await places.take(patienceMs))) return end({ ...call, delayMs: -leaseMs })
      await attempt(call, cause).finally(places.leave)
    },

    /** Makes the calls that are due, and those that become due meanwhile. */
    async askDue(stopping?: AbortSignal): Promise<void> {
      const own = new Set<Promise<void>>()
      do {
        const due = stopping?.aborted ? [] : await leaseFor(places.takeFree(mostDue - own.size))
        for (const { isOverdue, ...call } of due) {
          const gaveUp = isOverdue && call.status === 'PENDING'
          const run = (gaveUp ? giveUp(call.orderId) : attempt(call, causeOf('provider-retry')))
            .catch((error) => log.warn({ error, orderId: call.orderId }, 'the call is left to its lease'))
            .finally(() => {
              own.delete(run)
              places.leave()
            })
          own.add(run)
        }
        if (own.size > 0) await Promise.race([Promise.all(own), delay(pauseMs)])
      } while (own.size > 0)
    },
  }
}
