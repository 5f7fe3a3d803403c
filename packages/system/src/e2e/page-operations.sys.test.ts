import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventKeyOf } from '@saucery/local/access/event-keys'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { inBrowser } from '../support/browser.ts'
import { placed } from '../testing/page.ts'

const { running, open } = inBrowser()

/** The headers of a dead letter. */
const deadLetterHeaders = ({ id }: { id: string }) => ({
  'dead-letter-message-id': id,
  'dead-letter-error': 'a failure that passed',
  'dead-letter-tries': '20',
  'dead-letter-stream': 'ORDERS',
  'dead-letter-sequence': '1',
})

describe('the page in a browser, for operators', { timeout: 200_000 }, () => {
  it('shows an operator the state of each service', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Operations' }).click()
    for (const service of ['order', 'payment', 'delivery', 'dashboard'])
      await page.getByRole('heading', { name: service, exact: true }).waitFor()
  })

  it('shows an operator a dead letter with its error, and why a retry fails', async () => {
    const { url, users } = running.system.nats
    const order = await connectBroker({ url, name: 'order', ...users.order, log: quietLog })
    const cause = { id: 'a-test', traceparent: newTraceparent() }
    const headers = { 'ce-dataschema': 'urn:event:OrderPlaced:0' }
    await publishEvent(order, stamp(OrderPlaced(OrderPlaced.example), cause, new Date()), {
      headers,
      signing: eventKeyOf(running.system.dataDir, 'order'),
    })
    await order.close()
    const page = await open()
    await page.getByRole('link', { name: 'Operations' }).click()
    const payment = page.getByRole('region', { name: 'payment', exact: true })
    await payment.getByText('Show dead letters').click()
    const letter = payment.getByRole('listitem').filter({ hasText: 'OrderPlaced has no version 0' })
    await letter.getByRole('button', { name: /^Retry/ }).click()
    await letter.getByRole('alert').filter({ hasText: 'no version 0' }).waitFor()
    await page.getByRole('link', { name: /^Operations\s+\d+\s+dead letters$/ }).waitFor()
  })

  it('lets an operator retry a dead letter, which is then processed', async () => {
    const { url, users } = running.system.nats
    const payment = await connectBroker({ url, name: 'payment', ...users.payment, log: quietLog })
    const page = await open()
    const orderId = await placed(page)
    const fact = OrderPlaced({ ...OrderPlaced.example, orderId })
    const event = stamp(fact, { id: 'a-test', traceparent: newTraceparent() }, new Date())
    await publishEvent(
      payment,
      { ...event, subject: `dead-letters.payment.${event.subject}` },
      { headers: deadLetterHeaders(event), signing: eventKeyOf(running.system.dataDir, 'order') },
    )
    await payment.close()
    await page.getByRole('link', { name: 'Operations' }).click()
    const region = page.getByRole('region', { name: 'payment', exact: true })
    await region.getByText('Show dead letters').click()
    const letter = region.getByRole('listitem').filter({ hasText: 'a failure that passed' })
    await letter.getByRole('button', { name: /^Retry/ }).waitFor()
    // The order's own page has it, too.
    await page.goBack()
    const story = page.getByRole('region', { name: 'What it waits for' })
    const dead = story.getByRole('listitem').filter({ hasText: 'OrderPlaced is a dead letter of payment' })
    await dead.getByText('a failure that passed').waitFor()
    await dead.getByRole('button', { name: /^Retry dead letter/ }).click()
    await dead.waitFor({ state: 'detached' })
    await story.getByText('OrderPlaced was retried in payment by anyone').waitFor()
    await page.getByRole('link', { name: 'Operations' }).click()
    await region.getByText('Show dead letters').click()
    await letter.getByText('Retried and processed').waitFor()
    assert.equal(await letter.getByRole('button').count(), 0)
  })

  it('shows dead letters by event and cause with their messages, retries all, and discards the rest for a reason', async () => {
    const { url, users } = running.system.nats
    const payment = await connectBroker({ url, name: 'payment', ...users.payment, log: quietLog })
    const page = await open()
    const operator = openClient({ url: running.system.urls.gateway })
    const body = { branchId: '1', sauceId: '1', qty: 1, price: 100 }
    const place = async () => (await operator.post('/orders', { body })).data.id
    const orderIds = [await place(), await place()]
    const signing = eventKeyOf(running.system.dataDir, 'order')
    for (const orderId of orderIds) {
      const fact = OrderPlaced({ ...OrderPlaced.example, orderId })
      const event = stamp(fact, { id: 'a-test', traceparent: newTraceparent() }, new Date())
      const headers = { ...deadLetterHeaders(event), 'dead-letter-error': `a pause of ${orderId}` }
      const subject = `dead-letters.payment.${event.subject}`
      await publishEvent(payment, { ...event, subject }, { headers, signing })
    }
    await payment.close()
    await page.getByRole('link', { name: 'Operations' }).click()
    const region = page.getByRole('region', { name: 'payment', exact: true })
    await region.getByText('Show dead letters').click()
    const group = region.getByRole('region').filter({ hasText: 'a pause of <id>' })
    await group.getByRole('button', { name: 'Retry all' }).click()
    await group.getByText('Retry 2 dead letters?').waitFor()
    await group.getByRole('button', { name: 'Retry', exact: true }).click()
    await region
      .getByRole('listitem')
      .filter({ hasText: 'a pause of' })
      .getByText('Retried and processed')
      .nth(1)
      .waitFor()

    const other = await open()
    await other.getByRole('link', { name: 'Operations' }).click()
    const elsewhere = other.getByRole('region', { name: 'payment', exact: true })
    await elsewhere.getByText('Show dead letters').click()
    const unknown = (at: typeof region) => at.getByRole('listitem').filter({ hasText: 'no version 0' })
    await unknown(elsewhere)
      .getByRole('button', { name: /^Retry/ })
      .waitFor()
    const letter = unknown(region)
    await letter.getByText('Headers and body').click()
    await letter.getByText('ce-dataschema: urn:event:OrderPlaced:0').waitFor()
    await letter.getByRole('button', { name: /^Discard/ }).click()
    await letter.getByRole('textbox').fill('there was no version 0')
    await letter.getByRole('button', { name: 'Discard', exact: true }).click()
    // Told on the live feed, or by the number that payment reports.
    for (const at of [region, elsewhere])
      await unknown(at).getByText('Discarded: there was no version 0').waitFor()
    await region.getByText('What operators did').click()
    await region.getByRole('cell', { name: 'discard' }).first().waitFor()
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
