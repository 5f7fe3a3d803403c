import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { KeyBusy } from '../postgres/locks.ts'
import { counts } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { lockRows } from '../testing/locked-rows.ts'
import { requestReplicas } from '../testing/request-replicas.ts'
import { refusalOf, requested, storedAnswerTo } from '../testing/requests.ts'
import { finishRequests } from './finish-request.ts'
import { openRequests, type RequestRefused } from './requests.ts'

const { database, db, one, other } = await requestReplicas()

describe('a provisional answer', () => {
  const finish = finishRequests(one.db)
  const finishElsewhere = finishRequests(other.db)
  const final = (answer: object) => ({ scope: 'somebody', key: 'a', answer })

  it('is not given to repeats while it is being finished', async () => {
    const first = await one.commit(requested('a', { finalWithinMs: 60_000 }))
    assert.equal(first.stored?.isFinal, false)
    await assert.rejects(other.commit(requested('a')), (error: RequestRefused) => {
      assert.equal(error.code, 'request-in-progress')
      return error.retryAfterMs > 50_000 && error.retryAfterMs <= 60_000
    })
    assert.deepEqual(await finish(final({ paid: true })), { paid: true })
    assert.deepEqual(await storedAnswerTo(other.commit, requested('a')), {
      answer: { paid: true },
      isFinal: true,
    })
    assert.deepEqual(await counts(db), { k: 1 })
  })

  it('goes to a repeat when it was not finished in time', async () => {
    const first = await storedAnswerTo(one.commit, requested('a', { finalWithinMs: 1 }))
    const again = requested('a', { finalWithinMs: 60_000 })
    assert.deepEqual(await eventually(() => storedAnswerTo(other.commit, again)), first)
    assert.equal(await refusalOf(one.commit(again)), 'request-in-progress')
    assert.deepEqual(await finishElsewhere(final({ paid: true })), { paid: true })
    assert.deepEqual(await finish(final({ paid: false })), { paid: true })
    assert.deepEqual(await counts(db), { k: 1 })
  })

  it('goes to a repeat though the clock of the database was set back', async () => {
    const first = await storedAnswerTo(one.commit, requested('a', { finalWithinMs: 60_000 }))
    for (const ahead of ['2 hours', '60 days']) {
      await db.execute(`update requests set leased_until = leased_until + interval '${ahead}'`)
      const again = requested('a', { finalWithinMs: 60_000 })
      assert.deepEqual(await storedAnswerTo(other.commit, again), first)
    }
  })

  it('becomes final when the repeat does not wait', async () => {
    const first = await storedAnswerTo(one.commit, requested('a', { finalWithinMs: 1 }))
    const again = await eventually(() => storedAnswerTo(other.commit, requested('a')))
    assert.deepEqual(again, { answer: first?.answer, isFinal: true })
    assert.deepEqual(await finish(final({ paid: true })), first?.answer)
  })

  it('does not come back when a repeat renews it while another process finishes it', async () => {
    const { request } = requested('a', { finalWithinMs: 1 })
    const unchanged = { state: undefined, events: [] }
    await one.commit(requested('a', { finalWithinMs: 1 }))
    let finishing: Promise<object> | undefined
    await eventually(async () =>
      assert.equal((await db.execute('select 1 from requests where leased_until < now()')).length, 1),
    )
    await db.transaction(async (tx) => {
      assert.ok(request)
      const repeated = await openRequests(tx, [request])
      const outcome = repeated.once(request, () => assert.fail('it is changed again'), unchanged)
      assert.ok('value' in outcome, 'the repeat is refused')
      finishing = finishElsewhere(final({ paid: true }))
      assert.equal(await Promise.race([finishing, delay(200, 'waits')]), 'waits')
      await repeated.save()
    })
    await finishing
    assert.deepEqual(await storedAnswerTo(one.commit, requested('a')), {
      answer: { paid: true },
      isFinal: true,
    })
    assert.deepEqual(await finish(final({ paid: false })), { paid: true })
  })

  it('is refused as busy while its row is locked, and delays no other', async () => {
    for (const key of ['a', 'b', 'c']) await one.commit(requested(key, { finalWithinMs: 60_000 }))
    await using row = await lockRows(database.url, "requests where key = 'a'")
    const refused = assert.rejects(finish(final({ paid: true })), KeyBusy)
    const begun = performance.now()
    for (const key of ['b', 'c']) await finish({ ...final({ paid: true }), key })
    assert.ok(performance.now() - begun < 2000, 'another answer had to wait')
    await refused
    const finishing = finish(final({ paid: true }))
    await row.release()
    assert.deepEqual(await finishing, { paid: true })
  })

  it('is replaced once, by whichever process finishes it first', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    await Promise.all(keys.map((key) => one.commit(requested(key, { finalWithinMs: 60_000 }))))
    const all = [finish, finishElsewhere, finishRequests(one.db), finishRequests(other.db)].map((finish, i) =>
      (i % 2 ? keys : keys.toReversed()).map(async (key) => {
        const answer = await finish({ scope: 'somebody', key, answer: { by: i } })
        return [key, JSON.stringify(answer)] as const
      }),
    )
    const given = await Promise.all(all.flat())
    for (const key of keys) {
      const answers = given.flatMap(([of, answer]) => (of === key ? [answer] : []))
      assert.equal(answers.length, 4)
      assert.equal(new Set(answers).size, 1)
      assert.equal(JSON.stringify((await storedAnswerTo(one.commit, requested(key)))?.answer), answers[0])
    }
  })
})
