/** What readers of the dashboard met with. */
export interface Read {
  readonly answers: number
  /** Answers that were none, and documents that had lost something. */
  readonly wrong: readonly string[]
}

interface View {
  readonly timeline?: readonly unknown[]
}

/** Reads these orders' documents again and again, until it is stopped; a document may only grow. */
export function readers(
  gateway: string,
  orderIds: readonly string[],
  atOnce = 4,
): AsyncDisposable & { stop(): Promise<Read> } {
  let going = true
  let answers = 0
  const wrong = new Set<string>()
  const known = new Map<string, number>()

  async function read(orderId: string): Promise<void> {
    const answer = await fetch(`${gateway}/orderDashboards/${orderId}`)
    const { timeline = [] } = (await answer.json()) as View
    answers += 1
    if (answer.status !== 200) wrong.add(`${orderId}: ${answer.status}`)
    else if (timeline.length < (known.get(orderId) ?? 0)) wrong.add(`${orderId}: ${timeline.length} events`)
    known.set(orderId, Math.max(timeline.length, known.get(orderId) ?? 0))
  }

  async function reader(from: number): Promise<void> {
    for (let i = from; going; i += atOnce) {
      const orderId = orderIds[i % orderIds.length] ?? ''
      await read(orderId).catch((error) => wrong.add(`${orderId}: ${error}`))
    }
  }

  const reading = Array.from({ length: atOnce }, (_, i) => reader(i))
  async function stop(): Promise<Read> {
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
