import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../testing/eventually.ts'
import { countingLog, quietLog } from '../testing/log.ts'
import { runEvery } from './periodic.ts'

describe('a periodic run', () => {
  it('continues after a failure, which it logs', async () => {
    const log = countingLog()
    let runs = 0
    const repetition = runEvery('work', 1, async () => Promise.reject(new Error(`run ${++runs}`)), log)
    await eventually(() => assert.equal(runs >= 3, true))
    await repetition.stop()
    assert.equal(log.times('work failed'), runs)
  })

  it('never runs twice at once, and stops when the run under way has ended', async () => {
    let underWay = 0
    let most = 0
    let release = () => {}
    const blocked = new Promise<void>((resolve) => (release = resolve))
    const repetition = runEvery(
      'work',
      1,
      async () => {
        most = Math.max(most, ++underWay)
        await blocked
        underWay -= 1
      },
      quietLog,
    )
    repetition.now()
    repetition.now()
    const stopped = repetition.stop()
    assert.equal(underWay, 1)
    release()
    await stopped
    repetition.now()
    assert.deepEqual({ underWay, most }, { underWay: 0, most: 1 })
  })

  it('rests longer after a run that took long', async () => {
    const began: number[] = []
    const slow = () => {
      began.push(performance.now())
      return delay(20)
    }
    const repetition = runEvery('work', 10, slow, quietLog, 5)
    await eventually(() => assert.equal(began.length >= 3, true))
    await repetition.stop()
    const gaps = began.slice(1).map((time, i) => time - (began[i] ?? 0))
    for (const gap of gaps) assert.equal(gap >= 115, true, String(gaps))
  })

  it('aborts the signal of the run that stop waits for', async () => {
    const untilTold = (stopping: AbortSignal) =>
      new Promise((resolve) => stopping.addEventListener('abort', resolve))
    const repetition = runEvery('work', 60_000, untilTold, quietLog)
    repetition.now()
    await repetition.stop()
  })
})
