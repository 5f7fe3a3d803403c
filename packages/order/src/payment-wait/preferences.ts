import { type Preferences, parsePrefer } from '@saucery/chassis/http/prefer'

/** On what terms a request waits for its order's payment. */
export interface WaitPreferences {
  /** 0: it does not wait. */
  readonly waitMs: number
  /** Without a payment in time, there is to be no order. */
  readonly isStrict: boolean
  /** What was asked for and is done; the value of `Preference-Applied`. */
  readonly applied: string
  /** How an order is answered that is placed and not decided yet. */
  readonly undecided: 201 | 202
}

interface Otherwise {
  readonly PAYMENT_MODE: 'async' | 'sync'
  readonly PAYMENT_BREAKER_TIMEOUT_MS: number
}

/** Of a wait that the client limits, what is left for the last decision and the answer. */
const answerMs = 100

/**
 * What the request prefers, and otherwise the service's mode: in `sync`, every request is strict and waits, unless
 * it says that it is not, or asks to be answered at once with `respond-async`.
 */
export function waitPreferences(prefer: string | undefined, otherwise: Otherwise): WaitPreferences {
  const { wait, handling, respondAsync } = parsePrefer(prefer)
  const isStrictHere = otherwise.PAYMENT_MODE === 'sync' && !respondAsync
  const isStrict = handling === undefined ? isStrictHere : handling === 'strict'
  const waitsHere = otherwise.PAYMENT_MODE === 'sync' && (isStrict || !respondAsync)
  const waitMs =
    wait === undefined ? (waitsHere ? otherwise.PAYMENT_BREAKER_TIMEOUT_MS : 0) : wait * 1000 - answerMs
  const isAsync = respondAsync && !(isStrict && waitMs > 0)
  return {
    waitMs,
    isStrict: isStrict && waitMs > 0,
    applied: appliedOf({ wait, handling: waitMs > 0 ? handling : undefined, respondAsync: isAsync }),
    undecided: waitMs > 0 || isAsync ? 202 : 201,
  }
}

type Applied = { [K in keyof Preferences]: Preferences[K] | false | undefined }

const appliedOf = ({ wait, handling, respondAsync }: Applied) =>
  [
    ...(respondAsync ? ['respond-async'] : []),
    ...(wait ? [`wait=${wait}`] : []),
    ...(handling ? [`handling=${handling}`] : []),
  ].join(', ')
