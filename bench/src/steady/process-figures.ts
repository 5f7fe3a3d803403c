const MB = 2 ** 20

export type ProcessFigures = ReturnType<typeof figuresIn>

export const readFigures = async (managementUrl: string): Promise<ProcessFigures> =>
  figuresIn(await (await fetch(`${managementUrl}/metrics`)).text())

/** What a service's metrics say of its process: memory in MB, and the event loop delay since they were read last, in ms. */
export function figuresIn(metrics: string) {
  const figure = (name: string) =>
    Number(metrics.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1] ?? Number.NaN)
  return {
    residentMb: figure('process_resident_memory_bytes') / MB,
    heapMb: figure('nodejs_heap_size_used_bytes') / MB,
    delayP99Ms: figure('nodejs_eventloop_lag_p99_seconds') * 1000,
    delayMaxMs: figure('nodejs_eventloop_lag_max_seconds') * 1000,
  }
}

/** Of the heap the least: what is still used after a garbage collection. Of everything else the most. */
export const worstOf = (samples: readonly ProcessFigures[]): ProcessFigures => ({
  residentMb: Math.max(...samples.map(({ residentMb }) => residentMb)),
  heapMb: Math.min(...samples.map(({ heapMb }) => heapMb)),
  delayP99Ms: Math.max(...samples.map(({ delayP99Ms }) => delayP99Ms)),
  delayMaxMs: Math.max(...samples.map(({ delayMaxMs }) => delayMaxMs)),
})
