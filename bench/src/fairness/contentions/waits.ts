import { v7 as uuidv7 } from 'uuid'
import type { Contention } from '../contention.ts'
import { atRate } from '../measure-fairness.ts'
import { callAs, oneProxy } from './caller.ts'

const atOnce = 1200

/** At the edge of a fixed minute twice as many requests came through as in any other. */
export const waits: Contention = {
  promise:
    'The dashboard is read while 1,200 requests, and 10 more a second, wait for events that never come',
  env: oneProxy,
  modest: {
    everyMs: 100,
    expected: [200],
    call: (target) => callAs(target, 'modest', '/orderDashboards?limit=20'),
  },
  async greedy(target, signal, count) {
    const wait = async () => {
      const path = `/orderDashboards/${uuidv7()}?after=${uuidv7()}`
      count(await callAs(target, 'greedy', path, { prefer: 'wait=60', signal }).catch(() => 'left'))
    }
    const first = Array.from({ length: atOnce }, wait)
    await Promise.all([...first, atRate(10, signal, wait)])
  },
}
