/** The preferences that some route knows. */
export interface Preferences {
  /** Whole seconds, 1 to 60. */
  readonly wait?: number
  readonly handling?: 'strict' | 'lenient'
  readonly respondAsync?: true
}

const maxWait = 60

/**
 * Parses `Prefer` (RFC 7240). The first of several equal preferences counts; malformed and unknown ones are left out.
 * A wait of more than 60 s counts as 60 s, a wait of 0 s as none.
 */
export function parsePrefer(header: string | undefined): Preferences {
  const found = new Map<string, string>()
  for (const item of header?.match(items) ?? []) {
    const [, name, token, quoted] = preference.exec(item) ?? []
    const key = name?.toLowerCase()
    if (key !== undefined && !found.has(key)) found.set(key, token ?? quoted?.replace(/\\(.)/g, '$1') ?? '')
  }
  const wait = Math.min(secondsIn(found.get('wait')), maxWait)
  const handling = found.get('handling')?.toLowerCase()
  return {
    ...(wait > 0 && { wait }),
    ...((handling === 'strict' || handling === 'lenient') && { handling }),
    ...(found.get('respond-async') === '' && { respondAsync: true }),
  }
}

// Splits at commas outside quotes; several header lines arrive as one, joined by commas. Quotes that are never closed
// reach to the end: searched again from each quote, they would take time that grows with the square of the length.
const items = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/g

// A name, an optional value, and parameters, which no known preference has.
const preference =
  /^\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)"))?\s*(?:;.*)?$/

const secondsIn = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0)
