import { type Logger, pino, stdSerializers } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** A logger on standard output: JSON lines, or readable ones. Errors are in `error`, with their causes. */
export function openLog(
  service: string,
  settings: { LOG_LEVEL: string; LOG_FORMAT: 'json' | 'pretty' },
): Log {
  const options = {
    base: { service },
    level: settings.LOG_LEVEL,
    serializers: { error: stdSerializers.errWithCause },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  }
  return settings.LOG_FORMAT === 'pretty'
    ? pino(options, pretty({ ignore: 'pid,hostname,service', errorLikeObjectKeys: ['error'], sync: true }))
    : pino(options)
}
