import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { PaymentDeclined } from '@saucery/contracts/payment'
import { ask } from './ask.ts'

const asked = { orderId, amount: 3000 }

/** Asks a provider whose every answer is this one. */
const readAnswer = (answer: unknown, status: 'PENDING' | 'REFUND_PENDING' = 'PENDING') => {
  const call = async () => answer
  return ask({ charge: call, refund: call }, { ...asked, status }, 1000)
}

const declined = (reason: string) => ({ approved: false, reason })

describe('an answer of the provider', () => {
  it('is read, whatever it has besides', async () => {
    assert.deepEqual(await readAnswer({ approved: true, fee: 3 }), { approved: true })
    assert.deepEqual(await readAnswer(declined('limit-exceeded')), declined('limit-exceeded'))
    assert.deepEqual(await readAnswer({ refunded: true }, 'REFUND_PENDING'), { refunded: true })
  })

  const reasons: [title: string, reason: unknown, read: string][] = [
    ['is cut', 'x'.repeat(5000), 'x'.repeat(100)],
    ['is cut between characters', `${'x'.repeat(99)}😀😀`, 'x'.repeat(99)],
    ['loses what cannot be printed or stored', ' no\u0000 \n money\ud800 ', 'no money'],
    ['has a default when it is blank', ' \n ', 'declined'],
    ['has a default when it is missing', undefined, 'declined'],
    ['has a default when it is no text', { code: 7 }, 'declined'],
    ['has a default when it is null', null, 'declined'],
  ]
  for (const [title, reason, read] of reasons)
    it(`with a reason that ${title} makes an event that can be read`, async () => {
      const outcome = await readAnswer({ approved: false, ...(reason !== undefined && { reason }) })
      assert.deepEqual(outcome, declined(read))
      const { data } = PaymentDeclined({ ...asked, reason: read })
      assert.deepEqual(PaymentDeclined.read(1, data, orderId), data)
    })

  for (const nonsense of [undefined, null, 'approved', 1, [], {}, { approved: 'true' }, { refunded: true }])
    it(`is unknown when it is ${JSON.stringify(nonsense)}`, async () => {
      await assert.rejects(readAnswer(nonsense), /cannot be read/)
    })

  it('to a refund is unknown unless it says so', async () => {
    for (const nonsense of [undefined, { approved: true }, { refunded: 'yes' }])
      await assert.rejects(readAnswer(nonsense, 'REFUND_PENDING'), /cannot be read/)
  })

  it('is unknown when the provider throws, at once or later', async () => {
    const status = 'PENDING'
    const thrown = { charge: () => assert.fail('at once'), refund: () => assert.fail() }
    await assert.rejects(ask(thrown, { ...asked, status }, 1000), /at once/)
    const rejected = { charge: () => Promise.reject(new Error('later')), refund: () => assert.fail() }
    await assert.rejects(ask(rejected, { ...asked, status }, 1000), /later/)
  })

  it('is unknown when it does not come in time, and the provider is told', async () => {
    const signals: AbortSignal[] = []
    const silent = (_: unknown, signal: AbortSignal) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const asking = ask({ charge: silent, refund: silent }, { ...asked, status: 'PENDING' }, 30)
    await assert.rejects(asking, /timed out/)
    assert.equal(signals[0]?.aborted, true)
  })
})
