import { hastyClient } from '../../support/orders.ts'

/** Reads these orders' documents again and again, until it is stopped. A document may only grow. */
export function openReaders(gateway: string, orderIds: readonly string[], readers = 4) {
  const client = hastyClient(gateway)
  let going = true
  let answers = 0
  /** Calls that failed, and documents that had lost events. */
  const wrong = new Set<string>()
  const lengths = new Map<string, number>()

  async function read(orderId: string): Promise<void> {
    const { timeline } = await client.get('/orderDashboards/{id}', { path: { id: orderId } })
    answers += 1
    const before = lengths.get(orderId) ?? 0
    if (timeline.length < before) wrong.add(`${orderId}: ${timeline.length} events`)
    lengths.set(orderId, Math.max(timeline.length, before))
  }

  async function reader(from: number): Promise<void> {
    for (let i = from; going; i += readers) {
      const orderId = orderIds[i % orderIds.length] ?? ''
      await read(orderId).catch((error) => wrong.add(`${orderId}: ${error}`))
    }
  }

  const reading = Array.from({ length: readers }, (_, i) => reader(i))
  async function stop() {
    going = false
    await Promise.all(reading)
    return { answers, wrong: [...wrong] }
  }
  return {
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}
