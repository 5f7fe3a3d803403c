import { setTimeout as delay } from 'node:timers/promises'
import { faults } from '../settings.ts'
import type { PaymentProvider } from './provider.ts'

type Fault = (typeof faults)[number]

/** In percent. */
type Shares = Readonly<Partial<Record<Fault, number>>>

/** Draws a fault by its share. */
export function drawFault(shares: Shares, random = Math.random): Fault | undefined {
  let left = random() * 100
  return faults.find((fault) => {
    left -= shares[fault] ?? 0
    return left < 0
  })
}

/** A provider whose calls go wrong. What it books stays the same: `provider` decides by the keys alone. */
export function withFaults(provider: PaymentProvider, next: () => Fault | undefined): PaymentProvider {
  async function call(work: () => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    const fault = next()
    if (fault === 'away') throw new Error('the provider is away')
    if (fault === 'hanging') return aborted(signal)
    const answer = await work()
    if (fault === 'unknown') throw new Error('the connection was lost')
    if (fault === 'late') await aborted(signal).catch(() => delay(10))
    if (fault === 'twice') return work()
    return fault === 'nonsense' ? { approved: 'perhaps' } : answer
  }
  return {
    charge: (charge, signal) => call(() => provider.charge(charge, signal), signal),
    refund: (key, signal) => call(() => provider.refund(key, signal), signal),
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
