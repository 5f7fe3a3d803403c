import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { atOnce, limit, testPayments } from '../testing/payments.ts'
import { simulatedProvider } from './simulated.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { books, db, provider } = service

const { signal } = new AbortController()
const approved = { approved: true }
const declined = { approved: false, reason: 'limit-exceeded' }
const charged = (amount: number) => ({ amount, declined: null, refunds: 0 })

describe('the simulated provider', () => {
  it('approves up to the limit and declines above it', async () => {
    const answerTo = (amount: number) => provider.charge({ idempotencyKey: uuidv7(), amount }, signal)
    assert.deepEqual(await answerTo(0), approved)
    assert.deepEqual(await answerTo(limit), approved)
    assert.deepEqual(await answerTo(limit + 1), declined)
    assert.deepEqual(await answerTo(Number.MAX_SAFE_INTEGER), declined)
  })

  it('books one charge when two replicas ask twenty times each at once', async () => {
    const other = simulatedProvider((await service.replica()).db, atOnce)
    const idempotencyKey = uuidv7()
    const asked = Array.from({ length: 20 }, () =>
      [provider, other].map((replica) => replica.charge({ idempotencyKey, amount: 1000 }, signal)),
    )
    for (const answer of await Promise.all(asked.flat())) assert.deepEqual(answer, approved)
    assert.deepEqual((await books())[idempotencyKey], charged(1000))
  })

  it('answers many orders at once, each by its own amount', async () => {
    const other = simulatedProvider((await service.replica()).db, atOnce)
    const charges = Array.from({ length: 300 }, (_, i) => ({
      idempotencyKey: uuidv7(),
      amount: limit + (i % 2),
    }))
    const answers = await Promise.all([
      ...charges.map((charge) => provider.charge(charge, signal)),
      ...charges.toReversed().map((charge) => other.charge(charge, signal)),
    ])
    const expected = charges.map(({ amount }) => (amount > limit ? declined : approved))
    assert.deepEqual(answers, [...expected, ...expected.toReversed()])
  })

  it('remembers its answer, after a crash and when its limit was changed', async () => {
    const [small, large] = [uuidv7(), uuidv7()]
    await provider.charge({ idempotencyKey: small, amount: 1000 }, signal)
    await provider.charge({ idempotencyKey: large, amount: limit + 1 }, signal)
    const restarted = simulatedProvider(db, { ...atOnce, PAYMENT_LIMIT: 10 })
    assert.deepEqual(await restarted.charge({ idempotencyKey: small, amount: 1000 }, signal), approved)
    const generous = simulatedProvider(db, { ...atOnce, PAYMENT_LIMIT: 10 * limit })
    assert.deepEqual(await generous.charge({ idempotencyKey: large, amount: limit + 1 }, signal), declined)
  })

  it('refunds an approved charge once, however often it is asked', async () => {
    const idempotencyKey = uuidv7()
    await provider.charge({ idempotencyKey, amount: 1000 }, signal)
    await Promise.all(Array.from({ length: 20 }, () => provider.refund(idempotencyKey, signal)))
    assert.deepEqual((await books())[idempotencyKey], { ...charged(1000), refunds: 1 })
    assert.deepEqual(await provider.charge({ idempotencyKey, amount: 1000 }, signal), approved)
  })

  it('refunds nothing that it never charged, and declines a charge that comes after the refund', async () => {
    const [declinedKey, unknownKey] = [uuidv7(), uuidv7()]
    await provider.charge({ idempotencyKey: declinedKey, amount: limit + 1 }, signal)
    await provider.refund(declinedKey, signal)
    await provider.refund(unknownKey, signal)
    assert.equal((await books())[declinedKey]?.refunds, 0)
    const cancelled = { approved: false, reason: 'cancelled' }
    assert.deepEqual(await provider.charge({ idempotencyKey: unknownKey, amount: 1000 }, signal), cancelled)
    assert.deepEqual((await books())[unknownKey], { amount: 0, declined: 'cancelled', refunds: 0 })
  })

  it('takes its delay, give or take the jitter', async () => {
    const slow = simulatedProvider(db, { ...atOnce, PAYMENT_DELAY_MS: 60, PAYMENT_DELAY_JITTER_MS: 20 })
    const begun = performance.now()
    await slow.charge({ idempotencyKey: uuidv7(), amount: 1000 }, signal)
    // A timer may fire up to 1 ms early.
    assert.ok(performance.now() - begun >= 39)
  })
})
