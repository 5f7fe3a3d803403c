import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { placed, press, stands, tabTo, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser()

const withClipboard: BrowserContextOptions = { permissions: ['clipboard-read', 'clipboard-write'] }

const row = (page: Page, event: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(event, { exact: true }) })
const step = (page: Page) => page.getByRole('list', { name: 'Steps' }).locator('[aria-current=step]')
const money = (page: Page) => page.getByRole('region', { name: 'Money' }).locator('dd').allInnerTexts()
const textOf = async (part: Locator) => String(await part.textContent())
const copied = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()')

/** The order's page, once the order is delivering. */
async function delivering(options?: BrowserContextOptions, script?: string) {
  const page = await open(options, script)
  const id = await placed(page, { Branch: 'repeated', Quantity: '3', Price: '4000' })
  await stands(page, 'DELIVERING')
  return { page, id }
}

describe('the page of an order in a browser', { timeout: 300_000 }, () => {
  it('shows the steps with their times, the money, and what each button will cause', async () => {
    const { page } = await delivering()
    assert.deepEqual(await money(page), ['₩12,000', '₩0', '₩12,000'])
    assert.match(await textOf(step(page)), /^Delivering\w+ \d+, \d\d:\d\d:\d\d$/)
    const cancel = page.getByRole('button', { name: 'Cancel order' })
    const effect = page.locator(`#${await cancel.getAttribute('aria-describedby')}`)
    assert.equal(await textOf(effect), 'the charge of ₩12,000 will be refunded')
    await cancel.click()
    await stands(page, 'CANCELLED')
    assert.deepEqual(await money(page), ['₩12,000', '-₩12,000', '₩0'])
    await row(page, 'OrderPlaced').getByText('by anyone (operator)').waitFor()
    assert.match(await textOf(step(page)), /^Cancelled\w+ \d+, \d\d:\d\d:\d\d$/)
  })

  it('places the same order anew, and goes to its page', async () => {
    const { page, id } = await delivering()
    await press(page, 'Repeat this order')
    await page.waitForURL((url) => url.hash.includes('/orders/') && !url.hash.includes(id))
    await page.getByText(id, { exact: true }).waitFor({ state: 'detached' })
    await stands(page, 'DELIVERING')
    const details = await textOf(page.locator('article > .details'))
    assert.match(details, /repeated.*3 × gochujang.*₩4,000/s)
    assert.deepEqual(await money(page), ['₩12,000', '₩0', '₩12,000'])
  })

  it('opens an event with the keyboard to its payload, attributes and commands, which can be copied', async () => {
    const { page, id } = await delivering(withClipboard)
    const approved = row(page, 'PaymentApproved')
    await tabTo(page, approved.locator('summary'))
    await page.keyboard.press('Enter')
    const payload = JSON.parse(await textOf(approved.locator('pre')))
    assert.deepEqual([payload.orderId, payload.amount], [id, 12_000])
    for (const text of ['/payment', `payments.approved.${id}`, 'PAYMENTS', 'Go to OrderPlaced'])
      await approved.getByText(text, { exact: true }).first().waitFor()
    await approved.getByText('urn:event:PaymentApproved:1', { exact: true }).waitFor()
    // Who has handled it, and after how many deliveries.
    for (const service of ['order', 'delivery'])
      await approved.getByRole('row', { name: new RegExp(`^${service} [0-9:.]+ 1$`) }).waitFor()
    const { gateway } = running.system.urls
    for (const [button, text] of [
      ['Copy as curl', new RegExp(`^curl -s '${gateway}/orderDashboards/${id}'$`)],
      ['Copy as nats stream get', /^nats stream get PAYMENTS \d+$/],
      ['Copy subject', new RegExp(`^payments\\.approved\\.${id}$`)],
    ] as const) {
      await approved.getByRole('button', { name: button, exact: true }).click()
      await eventually(async () => assert.match(await copied(page), text))
    }
    await press(page, 'Copy order id')
    await eventually(async () => assert.equal(await copied(page), id))
    await page.getByText('Copied order id').waitFor()
    // The picture beside makes room for the panel: each row's dot stays beside its row.
    const middleOf = async (part: string) => {
      const box = await page.locator(part).last().boundingBox()
      return (box?.y ?? 0) + (box?.height ?? 0) / 2
    }
    const [dot, line] = [await middleOf('.picture .dot'), await middleOf('.timeline li')]
    assert.ok(Math.abs(dot - line) < 3, `the last dot is ${dot - line} px from its row`)
  })

  it('opens and scrolls to the event that a link names', async () => {
    const { page } = await delivering(withClipboard)
    const started = row(page, 'DeliveryStarted')
    await started.locator('summary').click()
    await started.getByRole('button', { name: 'Copy link to this event' }).click()
    await page.getByText('Copied link to this event').waitFor()
    const other = await open({ viewport: { width: 1440, height: 500 } })
    await other.goto(await copied(page))
    const linked = row(other, 'DeliveryStarted')
    await linked.locator('pre').waitFor()
    await eventually(async () => {
      const top = (await linked.boundingBox())?.y ?? -1
      assert.ok(top >= 0 && top < 500, `the row begins at ${top}`)
    })
    assert.equal(await row(other, 'OrderPlaced').locator('pre').count(), 0)
    await linked.getByRole('link', { name: 'Go to PaymentApproved' }).click()
    await row(other, 'PaymentApproved').locator('pre').waitFor()
  })

  it('compares two orders from when each was placed, at an address of its own', async () => {
    const [{ id }, { page }] = [await delivering(), await delivering()]
    await page.getByText('Compare with another order').click()
    await page.getByLabel('Id of the other order').fill(id)
    await press(page, 'Compare')
    const table = page.getByRole('table')
    await table.getByRole('row', { name: /^DeliveryStarted/ }).waitFor()
    assert.equal(await table.getByRole('row', { name: /^OrderPlaced 0 ms 0 ms 0 ms/ }).count(), 1)
    assert.deepEqual(await violationsOf(page), [])
    await page.reload()
    await table.getByRole('row', { name: /^DeliveryStarted/ }).waitFor()
    await page.goBack()
    await table.waitFor({ state: 'detached' })
  })

  it('links to the raw JSON of the order', async () => {
    const { page, id } = await delivering()
    await page.getByRole('link', { name: 'Raw JSON' }).click()
    await page.waitForURL((url) => url.pathname === `/orderDashboards/${id}`)
    assert.equal(JSON.parse(await textOf(page.locator('pre'))).orderId, id)
  })

  it('copies where a browser has no clipboard for plain HTTP', async () => {
    const { page, id } = await delivering(
      {},
      "Object.defineProperty(navigator, 'clipboard', { value: undefined })",
    )
    await press(page, 'Copy order id')
    await page.getByText('Copied order id').waitFor()
    await page.goto(running.system.urls.gateway)
    const field = page.getByRole('form', { name: 'Filter' }).getByLabel('Order id')
    await field.focus()
    await page.keyboard.press('Control+V')
    assert.equal(await field.inputValue(), id)
  })

  for (const [colorScheme, width] of [
    ['light', 360],
    ['dark', 1440],
  ] as const)
    it(`passes axe and fits the window with an event open, ${colorScheme}, ${width} px wide`, async () => {
      const { page } = await delivering({ colorScheme, viewport: { width, height: 900 } })
      await row(page, 'PaymentApproved').locator('summary').click()
      await row(page, 'PaymentApproved').locator('pre').waitFor()
      assert.deepEqual(await violationsOf(page), [])
      const fits = await page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth)
      assert.equal(fits, true, 'the order is wider than the window')
    })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
