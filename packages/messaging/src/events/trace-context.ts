// An id of zeros only is invalid: https://www.w3.org/TR/trace-context/#trace-id
const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/**
 * Names a trace that nobody records (https://www.w3.org/TR/trace-context/), so that logs and events of one request can
 * be joined without OpenTelemetry. It counts as sampled: a service that records is not told to leave it out.
 */
export const newTraceparent = (): string => `00-${randomHex()}${randomHex()}-${randomHex()}-01`

/** The trace context as it came, or a new one if it is none: who begins no span has no id of a span to put there. */
export const traceparentOrNew = (given: string): string => (wellFormed.test(given) ? given : newTraceparent())

/** Absent for what is no trace context. */
export const traceIdOf = (traceparent: string | undefined): string | undefined =>
  traceparent !== undefined && wellFormed.test(traceparent) ? traceparent.slice(3, 35) : undefined

// The ids are no secrets. Cryptographic randomness would cost a system call each.
const randomHex = () => half() + half()
const half = () =>
  Math.floor(1 + Math.random() * 0xffff_ffff)
    .toString(16)
    .padStart(8, '0')
