import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal } from '@saucery/contracts/status'
import { type Client, type Entry, Unreachable, type View } from './client.ts'
import type { Scenario, Until } from './paths.ts'
import { entryLine } from './texts.ts'

export interface Outcome {
  readonly path: Scenario
  readonly orderId: string
  /** As last seen. */
  readonly view: View | undefined
  /** Why it did not go its way. */
  readonly failure?: string
}

interface Options {
  readonly client: Client
  readonly limitMs: number
  readonly print: (line: string) => void
}

const POLL_MS = 50

/** Sends one order along the path, printing what happens to it, until it is final or the time is over. */
export async function runPath(path: Scenario, { client, limitMs, print }: Options): Promise<Outcome> {
  const orderId = await client.place(path.order)
  const deadline = Date.now() + limitMs
  const printed = new Set<string>()
  let view: View | undefined

  const until: Until = async (holds) => {
    for (;;) {
      view = (await client.find(orderId)) ?? view
      if (view) for (const entry of unprinted(view)) print(entryLine(path, entry, view))
      if (view && holds(view)) return view
      if (Date.now() > deadline) throw new Error(`not there after ${limitMs / 1000} s`)
      await sleep(POLL_MS)
    }
  }

  function unprinted({ timeline }: View): Entry[] {
    const fresh = timeline.filter(({ id }) => !printed.has(id))
    for (const { id } of fresh) printed.add(id)
    return fresh
  }

  try {
    const refused = await path.act(client, orderId, until).catch((error: Error) => error)
    if (refused instanceof Unreachable) throw refused
    await until(({ status }) => isFinal(status))
    return { path, orderId, view, ...(refused ? { failure: refused.message } : {}) }
  } catch (error) {
    if (error instanceof Unreachable) throw error
    return { path, orderId, view, failure: error instanceof Error ? error.message : String(error) }
  }
}

/** An automatic courier may have delivered what was to be cancelled or to fail. */
export const deliveredByItself = ({ view }: Outcome): boolean =>
  view?.timeline.some(({ event, cause }) => event === 'DeliveryCompleted' && cause === 'automatic-courier') ??
  false

export const wentItsWay = ({ path, view }: Outcome): boolean => view?.status === path.expected
