import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type WaitPreferences, waitPreferences } from './preferences.ts'

const atOnce = { waitMs: 0, isStrict: false, undecidedStatus: 201 } as const
const asked = { ...atOnce, undecidedStatus: 202 } as const
const lenient = (waitMs: number) => ({ ...asked, waitMs }) as const
const strict = (waitMs: number) => ({ ...lenient(waitMs), isStrict: true }) as const

const cases: [
  mode: 'async' | 'sync',
  prefer: string | undefined,
  Omit<WaitPreferences, 'applied'>,
  applied: string,
][] = [
  ['async', undefined, atOnce, ''],
  ['async', 'return=minimal', atOnce, ''],
  ['async', 'respond-async', asked, 'respond-async'],
  ['async', 'wait=5', lenient(4900), 'wait=5'],
  ['async', 'wait=99', lenient(59_900), 'wait=60'],
  ['async', 'respond-async, wait=5', lenient(4900), 'respond-async, wait=5'],
  ['async', 'wait=5, handling=strict', strict(4900), 'wait=5, handling=strict'],
  ['async', 'wait=5, handling=lenient', lenient(4900), 'wait=5, handling=lenient'],
  // Nothing to wait for, so nothing to be strict about.
  ['async', 'handling=strict', atOnce, ''],
  ['sync', undefined, strict(680), ''],
  ['sync', 'handling=strict', strict(680), 'handling=strict'],
  ['sync', 'handling=lenient', lenient(680), 'handling=lenient'],
  ['sync', 'wait=5', strict(4900), 'wait=5'],
  ['sync', 'wait=5, handling=lenient', lenient(4900), 'wait=5, handling=lenient'],
  ['sync', 'respond-async', asked, 'respond-async'],
  ['sync', 'respond-async, wait=5', lenient(4900), 'respond-async, wait=5'],
  // What contradicts itself is strict, for that is the promise that must not be broken.
  ['sync', 'respond-async, handling=strict', strict(680), 'handling=strict'],
]

describe('the preferences of a wait', () => {
  for (const [mode, prefer, terms, applied] of cases)
    it(`in mode ${mode}, with ${prefer ?? 'no preference'}, are ${JSON.stringify(terms)}`, () => {
      const otherwise = { PAYMENT_MODE: mode, PAYMENT_BREAKER_TIMEOUT_MS: 680 }
      assert.deepEqual(waitPreferences(prefer, otherwise), { ...terms, applied })
    })
})
