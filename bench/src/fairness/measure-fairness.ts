import { setTimeout as sleep } from 'node:timers/promises'
import type { Contention, LoadTarget } from './contention.ts'

export interface Phase {
  readonly latencies: number[]
  /** Calls of the modest client without the outcome that it may expect. */
  unexpected: number
  readonly outcomes: Map<number | string, number>
}

export interface FairnessRun {
  readonly alone: Phase
  readonly beside: Phase
  readonly after: Phase
  /** What the greedy client was answered, and how often. */
  readonly greedy: ReadonlyMap<number | string, number>
}

/** A call that takes longer has failed for the one who waits for it. */
const patienceMs = 30_000

/** Measures the modest client `phaseMs` alone, as long beside the greedy one, and as long after it. */
export async function measureFairness(
  contention: Contention,
  target: LoadTarget,
  phaseMs: number,
): Promise<FairnessRun> {
  await contention.prepare?.(target)
  // Compiles what it measures.
  await modestFor(contention, target, Math.min(phaseMs, 3000))
  target.say('The modest client alone')
  const alone = await modestFor(contention, target, phaseMs)
  await contention.disturb?.(target)
  target.say('The modest client beside the greedy one')
  const [ended, greedy] = [new AbortController(), new Map<number | string, number>()]
  const load = contention.greedy?.(target, ended.signal, (outcome) => increment(greedy, outcome))
  load?.catch(() => {})
  const beside = await modestFor(contention, target, phaseMs)
  ended.abort()
  target.say('The modest client after it')
  const after = await modestFor(contention, target, phaseMs)
  await load
  return { alone, beside, after, greedy }
}

/** Calls at a fixed rate, however long the answers take: a client that waits for each would measure only the quick ones. */
async function modestFor({ modest }: Contention, target: LoadTarget, forMs: number): Promise<Phase> {
  const phase: Phase = { latencies: [], unexpected: 0, outcomes: new Map() }
  const calls: Promise<void>[] = []
  const startedAt = performance.now()
  for (let n = 0; n * modest.everyMs < forMs; n++) {
    await sleep(Math.max(0, startedAt + n * modest.everyMs - performance.now()))
    calls.push(callOnce(modest, target, phase))
  }
  await Promise.all(calls)
  return phase
}

async function callOnce(modest: Contention['modest'], target: LoadTarget, phase: Phase): Promise<void> {
  const sentAt = performance.now()
  const late = sleep(patienceMs, 'no answer' as const, { ref: false })
  const outcome = await Promise.race([modest.call(target).catch(codeOf), late])
  phase.latencies.push(performance.now() - sentAt)
  if (!modest.expected.includes(outcome)) phase.unexpected += 1
  increment(phase.outcomes, outcome)
}

/** A load until the signal aborts: `count` clients, each with one call at a time. */
export const clients = (
  count: number,
  signal: AbortSignal,
  answered: (outcome: number | string) => void,
  call: () => Promise<number | string>,
) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      while (!signal.aborted) {
        const outcome = await call().catch(codeOf)
        answered(outcome)
        // A client that cannot connect must not keep the processor busy.
        if (typeof outcome === 'string') await sleep(50)
      }
    }),
  )

/** Calls so many times a second, whatever the answers take, until the signal aborts. */
export async function atRate(perSecond: number, signal: AbortSignal, call: () => Promise<unknown>) {
  const calls: Promise<unknown>[] = []
  while (!signal.aborted) {
    calls.push(call())
    await sleep(1000 / perSecond)
  }
  await Promise.all(calls)
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? (error as Error).name)

const increment = (counts: Map<number | string, number>, key: number | string) =>
  void counts.set(key, (counts.get(key) ?? 0) + 1)
