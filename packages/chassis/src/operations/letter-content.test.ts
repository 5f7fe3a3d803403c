import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentOf } from './letter-content.ts'

const record = (data: string | Buffer) => ({
  id: 'an-id',
  subject: 'dead-letters.order.payments.approved.1',
  headers: [
    ['ce-type', ['PaymentApproved']],
    ['Card', ['4711', '4712']],
  ] as const,
  data: Buffer.from(data).toString('base64'),
})
const secrets = new Set(['card', 'pin'])
const json = { orderId: '1', card: { number: '4711' }, lines: [{ pin: 1, sauce: '2' }] }

describe('the content of a dead letter', () => {
  it('hides secret fields and headers, at any depth', () => {
    const { headers, body } = contentOf('order', record(JSON.stringify(json)), secrets)
    assert.deepEqual(JSON.parse(body.text ?? ''), {
      orderId: '1',
      card: '(hidden)',
      lines: [{ pin: '(hidden)', sauce: '2' }],
    })
    assert.equal(body.hasHidden, true)
    assert.deepEqual(headers, [
      { name: 'ce-type', values: ['PaymentApproved'] },
      { name: 'Card', values: ['(hidden)'] },
    ])
  })

  it('is not shown where secret fields cannot be told from others', () => {
    const { body } = contentOf('order', record('{"pin": 4711'), secrets)
    assert.deepEqual(body, { bytes: 12, isCut: false, hasHidden: true })
  })

  it('is shown to the byte where no field is secret', () => {
    const text = '{"by": "much"'
    assert.equal(contentOf('order', record(text), new Set()).body.text, text)
    const bytes = Buffer.from([0xff, 0x00])
    assert.deepEqual(contentOf('order', record(bytes), new Set()).body, {
      bytes: 2,
      isCut: false,
      hasHidden: false,
      base64: bytes.toString('base64'),
    })
  })

  it('is shown in part where it is long', () => {
    const { body } = contentOf('order', record('x'.repeat(100_000)), new Set())
    assert.deepEqual([body.text?.length, body.isCut, body.bytes], [65_536, true, 100_000])
  })
})
