const maxWait = 60

/**
 * Parses the preferences in `Prefer` (RFC 7240) that some route knows. The first of several equal ones counts;
 * malformed ones are left out. `wait` is in whole seconds: more than 60 count as 60, and 0 as no wait.
 */
export function parsePrefer(header: string | undefined) {
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
    ...((handling === 'strict' || handling === 'lenient') && ({ handling } as const)),
    ...(found.get('respond-async') === '' && ({ respondAsync: true } as const)),
  }
}

// Splits at commas outside quotes; several header lines arrive as one, joined by commas. Quotes that are never closed
// reach to the end: searched again from each quote, they would take time that grows with the square of the length.
const items = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/g

// A name, an optional value, and parameters, which no known preference has.
const preference =
  /^\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)"))?\s*(?:;.*)?$/

const secondsIn = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0)
