import { stripVTControlCharacters } from 'node:util'

/** The error that a line tells of: a JSON log line of level error, or a line on standard error that is not a stack's. */
export function errorIn(line: string, onStderr: boolean): string | undefined {
  const entry = entryIn(line)
  if (entry && Number(entry.level) < 50) return undefined
  if (entry) return [entry.msg ?? 'error', entry.error?.message].filter(Boolean).join(': ')
  // With FORCE_COLOR Node colours a stack in a pipe, too.
  const text = stripVTControlCharacters(line).trim()
  // The frames of a stack, the excerpt of the source above it, and Node's version below it explain nothing.
  if (!onStderr || !/\w/.test(text) || /^(at |node:|file:|Node\.js v|throw )|^\/.*:\d+$/.test(text))
    return undefined
  return text
}

function entryIn(line: string): { level?: number; msg?: string; error?: { message?: string } } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
