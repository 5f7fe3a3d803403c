import type { Log } from '../log.ts'

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** A log that can be asked how often it said something. */
export function countingLog(): Log & { times(text: string): number } {
  const said: string[] = []
  const note = (_fields: object, text: string) => void said.push(text)
  return {
    debug: note,
    info: note,
    warn: note,
    error: note,
    times: (text) => said.filter((line) => line.includes(text)).length,
  }
}
