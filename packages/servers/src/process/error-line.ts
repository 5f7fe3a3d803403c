/** The error that a line tells of: a JSON log line of level error, or a line on standard error that is not a stack's. */
export function errorIn(line: string, onStderr: boolean): string | undefined {
  const entry = entryIn(line)
  if (entry) return Number(entry.level) >= 50 ? textOf(entry) : undefined
  const text = line.trim()
  // The frames of a stack, the excerpt of the source above it, and Node's version below it explain nothing.
  if (!onStderr || !/\w/.test(text) || /^(at |node:|file:|Node\.js v|throw )|^\/.*:\d+$/.test(text))
    return undefined
  return text
}

function entryIn(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function textOf({ msg, error }: Record<string, unknown>): string {
  const cause = error && typeof error === 'object' && 'message' in error ? `: ${error.message}` : ''
  return `${msg ?? 'error'}${cause}`
}
