import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Crashed, type CrashPoints, crashAtEachPoint } from './crash-points.ts'

/** A ledger to which each life adds what is not in it yet. */
const ledger = async () => ({ lines: [] as string[], async [Symbol.asyncDispose]() {} })
type Ledger = Awaited<ReturnType<typeof ledger>>

const write =
  (isIdempotent: boolean) =>
  async ({ lines }: Ledger, points: CrashPoints) => {
    for (const line of ['debit', 'credit']) {
      if (isIdempotent && lines.includes(line)) continue
      await points.around('a line', async () => lines.push(line))()
    }
    points.at('before the end')
  }
const isBalanced = ({ lines }: Ledger) => assert.deepEqual(lines, ['debit', 'credit'])

describe('a crash at each point', () => {
  it('is survived by work that is idempotent', async () => {
    const points = await crashAtEachPoint({ open: ledger, run: write(true), check: isBalanced })
    assert.deepEqual(points, [
      'before a line',
      'after a line',
      'before a line #2',
      'after a line #2',
      'before the end',
    ])
  })

  it('names the point at which other work does not survive', async () => {
    const test = { open: ledger, run: write(false), check: isBalanced }
    await assert.rejects(crashAtEachPoint(test), /after a crash after a line: Expected values/)
  })

  it('ends everything that the process still tries', async () => {
    let tried = 0
    const stubborn = async (_: Ledger, points: CrashPoints) => {
      for (const _ of [1, 2, 3])
        try {
          points.at('a try')
        } catch (error) {
          assert.ok(error instanceof Crashed)
          tried += 1
        }
    }
    await crashAtEachPoint({ open: ledger, run: stubborn, check: () => {} })
    assert.equal(tried, 3 + 2 + 1)
  })

  it('fails for work that passes no point, or not the same ones again, or that fails by itself', async () => {
    let lives = 0
    const runs = {
      'passes no crash point': async () => {},
      'did not pass "first"': async (_: Ledger, points: CrashPoints) =>
        points.at(lives++ === 0 ? 'first' : 'other'),
      'its own mistake': async () => {
        throw new Error('its own mistake')
      },
    }
    for (const [says, run] of Object.entries(runs))
      await assert.rejects(crashAtEachPoint({ open: ledger, run, check: () => {} }), new RegExp(says))
  })
})
