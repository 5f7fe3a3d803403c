import type { Log } from '../log.ts'

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** A log that counts the lines that contain a text. */
export function countingLog(): Log & { times(text: string): number } {
  const lines: string[] = []
  const note = (_fields: object, text: string) => void lines.push(text)
  return {
    debug: note,
    info: note,
    warn: note,
    error: note,
    times: (text) => lines.filter((line) => line.includes(text)).length,
  }
}

/** A log, and the lines written to it. */
export function logOfReasons(): Log & {
  readonly lines: (Record<string, unknown> & { readonly text: string })[]
} {
  const lines: (Record<string, unknown> & { readonly text: string })[] = []
  const note = (fields: object, text: string) => void lines.push({ ...fields, text })
  return { debug: note, info: note, warn: note, error: note, lines }
}
