import { pino } from 'pino'
import { openLog } from '../telemetry/log.ts'

export const silentLog = openLog('test', { LOG_LEVEL: 'silent', LOG_FORMAT: 'json' })

/** A log, and what was written to it. */
export function recordingLog() {
  const lines: Record<string, unknown>[] = []
  return { lines, log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }) }
}
