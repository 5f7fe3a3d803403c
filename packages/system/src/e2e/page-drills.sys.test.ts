import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import type { DrillRequest, OrderView } from '@saucery/client/schemas'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { placed, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser({ DRILLS: 'on' })
const client = () => openClient({ url: running.system.urls.gateway })
const begin = (body: DrillRequest) => client().post('/operations/drills', { body })
const end = (drillId: string) => client().post('/operations/drills/{drillId}/end', { path: { drillId } })
const drillsNow = async () => (await client().get('/drills')).items

/** The drill's replicas follow it within a second. */
const followed = () => new Promise((resolve) => setTimeout(resolve, 1100))

const banner = (page: Page) => page.getByRole('status', { name: 'Load and faults' })
const story = (page: Page) => page.getByRole('region', { name: 'What it waits for' })

async function fillDrill(page: Page, kind: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.locator('select[name=kind]').selectOption({ label: kind })
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByRole('button', { name: 'Begin drill' }).click()
}

describe('an order that fails', { timeout: 200_000 }, () => {
  it('tells on its page which consumer fails at which event, and the error, soon after it has failed', async (t) => {
    await begin({ kind: 'handler-throws', service: 'payment', every: 1, forSeconds: 120 })
    await followed()
    const page = await open()
    await banner(page).getByText('a handler of payment throws').waitFor()
    const orderId = await placed(page)
    const since = performance.now()
    const trouble = story(page).getByRole('listitem').filter({ hasText: 'OrderPlaced fails in payment' })
    await trouble.getByText('DrillFailure: a drill fails one event in 1 here').waitFor()
    t.diagnostic(`shown ${Math.round(performance.now() - since)} ms after its page was opened`)
    await trouble.getByText(/tr(y|ies) · next try/).waitFor()

    // Every replica tells it, also one that has never seen the message.
    const told = async () => {
      const { services } = await client().get('/operations/orders/{id}', { path: { id: orderId } })
      return services.find(({ service }) => service === 'payment')?.failures
    }
    const tries = (await told())?.failing[0]?.tries ?? 0
    assert.ok(tries >= 1, 'a try is recorded')
    const { payment } = running.system.services
    const { pid } = payment
    await payment.kill()
    await eventually(() => assert.ok(payment.pid !== undefined && payment.pid !== pid, 'a new process'))
    await eventually(async () => assert.ok(((await told())?.failing[0]?.tries ?? 0) > tries, 'one try more'))

    await end('handler-throws-payment')
    await story(page).getByText('Waits for the courier').waitFor()
    assert.equal(await trouble.count(), 0)
    assert.deepEqual((await told())?.failing, [])
  })

  it('tells which ways are left for it', async () => {
    await begin({ kind: 'handler-throws', service: 'payment', every: 1, forSeconds: 120 })
    await followed()
    const page = await open()
    await placed(page)
    await story(page).getByText('Waits for payment').waitFor()
    const remaining = page.getByRole('region', { name: 'What can still happen' })
    await remaining.getByText('PaymentApproved → DeliveryStarted → DeliveryCompleted → DELIVERED').waitFor()
    await remaining.getByText('PaymentDeclined → REJECTED', { exact: true }).waitFor()
    await remaining.getByText('If it is cancelled').click()
    await remaining.getByText('OrderCancelled → PaymentVoided → CANCELLED').waitFor()
    assert.deepEqual(await violationsOf(page), [])
    await end('handler-throws-payment')
  })
})

describe('a drill that is begun on the page', { timeout: 200_000 }, () => {
  it('is load with a payment that declines, shown on the board as a drill, and ended on the page', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Operations' }).click()
    await fillDrill(page, 'Payment declines', { 'Share in %': '100', Seconds: '300' })
    await fillDrill(page, 'Load', { 'Orders per second': '10', Seconds: '300' })
    await page.getByText(/[1-9]\d* orders placed, \d+ not accepted/).waitFor()
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    for (const name of [/^order, up, in a drill$/, /^payment, \w+, in a drill$/, /^delivery, up$/])
      await page.locator('.flow').getByRole('button', { name }).waitFor()
    await banner(page)
      .getByText(/payment declines 100 % · \d+ s left/)
      .waitFor()
    await banner(page)
      .getByText(/load of 10 orders\/s · \d+ s left/)
      .waitFor()
    const isDrilled = ({ payment }: OrderView) => payment?.reason === 'drill'
    await eventually(async () => {
      const { items } = await client().get('/orderDashboards', { query: { status: 'REJECTED', limit: 200 } })
      assert.ok(items.filter(isDrilled).length >= 5, 'declined in the drill')
    })
    await page.getByRole('link', { name: 'Operations' }).click()
    for (const name of [/^End: payment declines/, /^End: load/])
      await page.getByRole('button', { name }).click()
    await eventually(async () => assert.deepEqual(await drillsNow(), []))
    await eventually(async () => assert.equal(await banner(page).locator('p').count(), 0))
  })

  it('ends by itself', async () => {
    const page = await open()
    await begin({ kind: 'payment-declines', percent: 100, forSeconds: 10 })
    await banner(page).getByText('payment declines 100 %').waitFor()
    await eventually(async () => assert.equal(await banner(page).locator('p').count(), 0))
    assert.deepEqual(await drillsNow(), [])
  })

  it('freezes a server, which goes on by itself', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Operations' }).click()
    await page.locator('select[name=kind]').selectOption({ label: 'A server is frozen' })
    assert.deepEqual(await violationsOf(page), [])
    await page.locator('select[name=server]').selectOption('postgres')
    await page.getByLabel('Seconds', { exact: true }).fill('5')
    await page.getByRole('button', { name: 'Begin drill' }).click()
    await banner(page).getByText('postgres is frozen').waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: /^payment\s+down/ })
      .waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: /^payment\s+up/ })
      .waitFor()
    await client().get('/payments')
  })

  it('is refused where its values are not possible', async () => {
    const answer = await fetch(`${running.system.urls.gateway}/operations/drills`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'load', perSecond: 501, forSeconds: 601 }),
    })
    assert.equal(answer.status, 422)
  })

  it('logs no error of the page', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
