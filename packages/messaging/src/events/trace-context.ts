// An id of zeros only is invalid: https://www.w3.org/TR/trace-context/#trace-id
const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** A new W3C trace context (https://www.w3.org/TR/trace-context/), sampled. */
export const newTraceparent = (): string => `00-${randomHex()}${randomHex()}-${randomHex()}-01`

/** The same trace with a new span id, or a new trace if `parent` is not a trace context. */
export function childTraceparent(parent: string | undefined): string {
  if (parent === undefined || !wellFormed.test(parent)) return newTraceparent()
  return `${parent.slice(0, 36)}${randomHex()}${parent.slice(52)}`
}

/** Absent for what is no trace context. */
export const traceIdOf = (traceparent: string | undefined): string | undefined =>
  traceparent !== undefined && wellFormed.test(traceparent) ? traceparent.slice(3, 35) : undefined

// The ids are no secrets. Cryptographic randomness would cost a system call each.
const randomHex = () => half() + half()
const half = () =>
  Math.floor(1 + Math.random() * 0xffff_ffff)
    .toString(16)
    .padStart(8, '0')
