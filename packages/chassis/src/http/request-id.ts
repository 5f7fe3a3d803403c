import type { IncomingHttpHeaders } from 'node:http'
import { v7 as uuidv7 } from 'uuid'

const usable = /^[\w.-]{1,100}$/

/** The id that a request came with, if it can be used in logs and events; else a new one. */
export function requestIdOf({ 'x-request-id': id }: IncomingHttpHeaders): string {
  return typeof id === 'string' && usable.test(id) ? id : uuidv7()
}
