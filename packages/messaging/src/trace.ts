import { randomBytes } from 'node:crypto'

const wellFormed = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** A new W3C trace context (https://www.w3.org/TR/trace-context/), sampled. */
export const newTrace = (): string => `00-${randomBytes(16).toString('hex')}-${spanId()}-01`

/** The same trace with a span of its own; a new trace when `parent` is no trace context. */
export function childOf(parent: string | undefined): string {
  if (parent === undefined || !wellFormed.test(parent)) return newTrace()
  return `${parent.slice(0, 36)}${spanId()}${parent.slice(52)}`
}

const spanId = () => randomBytes(8).toString('hex')
