import assert from 'node:assert/strict'
import { it } from 'node:test'
import { figuresIn, worstOf } from './process-figures.ts'

const metrics = (heap: number, delay: number) => `# HELP nodejs_heap_size_used_bytes Process heap size.
nodejs_heap_size_used_bytes ${heap}
nodejs_eventloop_lag_seconds 9
nodejs_eventloop_lag_p99_seconds ${delay}
nodejs_eventloop_lag_max_seconds 0.5
process_resident_memory_bytes 104857600
`

it('reads what metrics say of a process, and takes the least heap and the longest delays of several', () => {
  const samples = [figuresIn(metrics(2 ** 21, 0.011)), figuresIn(metrics(2 ** 22, 0.012))]
  assert.deepEqual(worstOf(samples), { residentMb: 100, heapMb: 2, delayP99Ms: 12, delayMaxMs: 500 })
})
