import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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
    const payment = page.getByRole('region', { name: 'payment' })
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
    const region = page.getByRole('region', { name: 'payment' })
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
    await page.getByRole('link', { name: 'Operations' }).click()
    await region.getByText('Show dead letters').click()
    await letter.getByText('Retried and processed').waitFor()
    assert.equal(await letter.getByRole('button').count(), 0)
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
