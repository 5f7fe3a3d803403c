/** What a request prefers, of the preferences that somebody here knows. */
export interface Preferences {
  /** Whole seconds, 1 to `longestWait`. */
  readonly wait?: number
  readonly handling?: 'strict' | 'lenient'
  readonly respondAsync?: true
}

const longestWait = 60

/**
 * Reads `Prefer` after RFC 7240: the first of several equal preferences counts, and what is malformed or unknown is
 * left out. A wait beyond a minute is one of a minute; one of 0 s asks for nothing.
 */
export function parsePrefer(header: string | undefined): Preferences {
  const found = new Map<string, string>()
  for (const item of header?.match(items) ?? []) {
    const [, name, token, quoted] = preference.exec(item) ?? []
    const key = name?.toLowerCase()
    if (key !== undefined && !found.has(key)) found.set(key, token ?? quoted?.replace(/\\(.)/g, '$1') ?? '')
  }
  const wait = Math.min(secondsOf(found.get('wait')), longestWait)
  const handling = found.get('handling')?.toLowerCase()
  return {
    ...(wait > 0 ? { wait } : {}),
    ...(handling === 'strict' || handling === 'lenient' ? { handling } : {}),
    ...(found.get('respond-async') === '' ? { respondAsync: true } : {}),
  }
}

// Not at a comma within quotes; several header lines arrive as one, joined by commas. Quotes that are never closed go to
// the end: looked for again from each of them, they would take time that grows with the square of the header's length.
const items = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/g

// A name, a value that may be absent, and parameters, which no preference here has.
const preference =
  /^\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)"))?\s*(?:;.*)?$/

const secondsOf = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0)
