import pretty from 'pino-pretty'
import type { OnLine } from '../system/services.ts'

interface LinesOptions {
  readonly json: boolean
  readonly colour: boolean
  /** Whether lines below the level of a warning are printed. */
  showsAll(): boolean
  write(text: string): void
}

const colours = {
  order: 36,
  payment: 33,
  delivery: 35,
  dashboard: 34,
  gateway: 32,
}
const width = Math.max(...Object.keys(colours).map((name) => name.length))

/** A log line of the level trace, debug or info, or the warning that `start` itself sums up for all services. */
const isOrdinary = /^\{"level":[123]0,|"msg":"sign-in is off: /

/** Prints the services' log lines: as they are, or in a readable form after the service's name. */
export function serviceLines({ json, colour, write, showsAll }: LinesOptions): OnLine {
  if (json) return (_, line) => write(`${line}\n`)
  const readable = pretty.prettyFactory({
    colorize: colour,
    ignore: 'pid,hostname,service',
    errorLikeObjectKeys: ['error'],
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return (service, line) => {
    if (isOrdinary.test(line) && !showsAll()) return
    const name = `${service.padEnd(width)} │`
    const prefix = colour ? `\u001b[${colours[service]}m${name}\u001b[39m` : name
    // A crash writes lines that are not JSON.
    const text = line.startsWith('{') ? readable(line) : line
    for (const part of text.trimEnd().split('\n')) write(`${prefix} ${part}\n`)
  }
}
