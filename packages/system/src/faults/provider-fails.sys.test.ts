import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { hastyClient, tryToPlace } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { observe } from '../testing/observer.ts'

const settings = {
  PAYMENT_FAULTS: 'away=20,hanging=5,unknown=20,late=5,twice=10,nonsense=20',
  PROVIDER_TIMEOUT_MS: '300',
  PROVIDER_RETRY_MS: '50',
  PROVIDER_RETRY_MAX_MS: '500',
  CHARGE_DEADLINE_MS: '1000',
}

describe('a provider of which only a third of the answers is right', { timeout: 240_000 }, () => {
  it('charges and refunds every order as promised, and makes no dead letter', async (t) => {
    await using system = await runningSystem(settings)
    await using observer = await observe(system)
    const client = hastyClient(system.urls.gateway)
    const ids = await Promise.all(Array.from({ length: 100 }, () => tryToPlace(client)))
    await eventually(observer.atRest)
    // Half of the deliveries fail, so that their payments are refunded.
    const { deliveries } = await observer.rows(ids)
    const started = deliveries.filter(({ status }) => status === 'STARTED')
    for (const [i, { orderId: id }] of started.entries())
      await client.post(i % 2 ? '/deliveries/{id}/complete' : '/deliveries/{id}/fail', { path: { id } })
    const rows = await eventually(async () => {
      await observer.atRest()
      const rows = await observer.rows(ids)
      assert.equal(
        rows.payments.filter(({ status }) => status === 'REFUNDED').length >= started.length / 2,
        true,
      )
      return rows
    })
    assert.deepEqual(violations(rows), [])
    const givenUp = rows.payments.filter(({ status }) => status === 'DECLINED').length
    t.diagnostic(`${ids.length} orders, ${started.length} paid, ${givenUp} given up`)
  })
})
