// All zeros is no id: https://www.w3.org/TR/trace-context/#trace-id
const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** A new W3C trace context (https://www.w3.org/TR/trace-context/), sampled. */
export const newTraceparent = (): string => `00-${randomHex()}${randomHex()}-${randomHex()}-01`

/** The same trace with a span of its own; a new trace when `parent` is no trace context. */
export function childTraceparent(parent: string | undefined): string {
  if (parent === undefined || !wellFormed.test(parent)) return newTraceparent()
  return `${parent.slice(0, 36)}${randomHex()}${parent.slice(52)}`
}

// Not a secret, so no cryptographic randomness, which costs a system call each.
const randomHex = () => half() + half()
const half = () =>
  Math.floor(1 + Math.random() * 0xffff_ffff)
    .toString(16)
    .padStart(8, '0')
