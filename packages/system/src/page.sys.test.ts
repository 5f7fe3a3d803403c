import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { OrderPlaced } from '@saucery/contracts/order'
import { connectBroker } from '@saucery/messaging/broker'
import { record } from '@saucery/messaging/event'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quiet } from '@saucery/messaging/testing/log'
import { say } from '@saucery/messaging/testing/messages'
import { newTrace } from '@saucery/messaging/trace'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { type TestBrowser, testBrowser } from './browser.ts'
import { type RunningSystem, runningSystem } from './running-system.ts'

let system: RunningSystem
let browser: TestBrowser

before(async () => {
  system = await runningSystem({ OVERDUE_AFTER_MS: '2000' })
  browser = await testBrowser()
})
after(async () => {
  await browser[Symbol.asyncDispose]()
  await system[Symbol.asyncDispose]()
})

const open = (options = {}) => browser.open(system.urls.gateway, options)

/** Types an order into the form and sends it. */
async function order(page: Page, typed: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label).first().fill(text)
  await page.getByRole('button', { name: 'Place order' }).click()
}

/** Places an order and opens its page. */
async function placed(page: Page, typed?: Readonly<Record<string, string>>): Promise<string> {
  await order(page, typed)
  const link = page.getByRole('status').getByRole('link')
  const id = /orders\/([\w-]+)/.exec((await link.getAttribute('href')) ?? '')?.[1] ?? ''
  await link.click()
  return id
}

const heading = (page: Page, status: string) =>
  page.getByRole('heading', { level: 1, name: new RegExp(`Order .*${status}`, 'i') })
const stands = (page: Page, status: string) => heading(page, status).waitFor()
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const card = (page: Page, column: string, id: string) =>
  page.getByRole('region', { name: new RegExp(column, 'i') }).locator(`[data-order="${id}"]`)

/** What axe finds wrong, a line each. */
async function violationsOf(page: Page): Promise<string[]> {
  // Past the page's own policy, which lets no other script in.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)
}

describe('the page in a browser', { timeout: 300_000 }, () => {
  it('shows an order on its way to DELIVERED without being loaded again', async () => {
    const page = await open()
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))
    await placed(page)
    await stands(page, 'DELIVERING')
    await press(page, 'It arrived')
    await stands(page, 'DELIVERED')
    for (const event of ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'])
      await page.getByRole('listitem').filter({ hasText: event }).first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'Cancel', exact: true }).count(), 0)
    assert.equal(await page.evaluate('globalThis.sameDocument'), true)
  })

  it('shows a decline with its reason', async () => {
    const page = await open()
    await placed(page, { Price: '1000000' })
    await stands(page, 'REJECTED')
    await page.getByText('limit-exceeded').first().waitFor()
  })

  it('shows the errors of a bad order at their fields, and takes it when they are mended', async () => {
    const page = await open()
    await order(page, { Quantity: '0', Price: '-1' })
    const quantity = page.getByRole('textbox', { name: 'Quantity' })
    await eventually(async () => assert.equal(await quantity.getAttribute('aria-invalid'), 'true'))
    assert.match(String(await quantity.getAttribute('aria-describedby')), /error/)
    assert.equal(await quantity.evaluate((field) => field === field.ownerDocument.activeElement), true)
    await placed(page, { Quantity: '2', Price: '1000' })
    await stands(page, 'DELIVERING')
  })

  it('cancels an order on its way, which ends CANCELLED with its refund', async () => {
    const page = await open()
    await placed(page)
    await stands(page, 'DELIVERING')
    await press(page, 'Cancel')
    await stands(page, 'CANCELLED')
    await page.getByRole('listitem').filter({ hasText: 'PaymentRefunded' }).first().waitFor()
  })

  it('moves an order over the boards of two browsers, and both agree', async () => {
    const [one, other, story] = [await open(), await open(), await open()]
    const id = await placed(story)
    for (const board of [one, other]) await card(board, 'DELIVERING', id).waitFor()
    await press(story, 'It did not arrive')
    for (const board of [one, other]) await card(board, 'FAILED', id).waitFor()
  })

  it('catches up when the dashboard was killed and is back', async () => {
    const [board, story] = [await open(), await open()]
    const id = await placed(story)
    await card(board, 'DELIVERING', id).waitFor()
    // Whatever is killed is started again.
    await system.services.dashboard.kill()
    const told = await fetch(`${system.urls.gateway}/deliveries/${id}/complete`, { method: 'POST' })
    assert.equal(told.status, 200)
    await board.getByText('Reconnecting').waitFor()
    await card(board, 'DELIVERED', id).waitFor()
    await stands(story, 'DELIVERED')
  })

  it('shows an operator how the services fare', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'Operations' }).click()
    for (const service of ['order', 'payment', 'delivery', 'dashboard'])
      await page.getByRole('heading', { name: service, exact: true }).waitFor()
  })

  it('shows an operator a dead letter with its error, and why it cannot be sent back yet', async () => {
    const { url, users } = system.nats
    const order = await connectBroker({ url, name: 'order', ...users.order, log: quiet })
    const cause = { id: 'a-test', traceparent: newTrace() }
    const headers = { 'ce-dataschema': 'urn:event:OrderPlaced:99' }
    await say(order, record(OrderPlaced(OrderPlaced.example), cause, new Date()), { headers })
    await order.close()
    const page = await open()
    await page.getByRole('link', { name: 'Operations' }).click()
    const payment = page.getByRole('region', { name: 'payment' })
    await payment.getByText('Read the dead letters').click()
    const letter = payment.getByRole('listitem').filter({ hasText: 'OrderPlaced has no version 99' })
    await letter.getByRole('button', { name: /^Send back/ }).click()
    await letter.getByRole('alert').filter({ hasText: 'no version 99' }).waitFor()
  })

  it('lists what waits too long, until it goes on', async () => {
    const [waiting, story] = [await open(), await open()]
    await system.services.delivery.stop()
    const id = await placed(story)
    await stands(story, 'PAID')
    await waiting.getByRole('link', { name: 'Waiting too long' }).click()
    const late = waiting.locator('main').locator(`a[href*="${id}"]`)
    await late.waitFor()
    await waiting.getByText('DeliveryStarted').first().waitFor()
    system.services.delivery.start()
    await stands(story, 'DELIVERING')
    await late.waitFor({ state: 'detached' })
  })

  it('can be used with the keyboard alone', async () => {
    const page = await open()
    await page.getByRole('textbox', { name: 'Branch' }).first().focus()
    for (const text of ['7', '8', '2', '3000']) {
      await page.keyboard.press('Control+A')
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByRole('link').focus()
    await page.keyboard.press('Enter')
    await stands(page, 'DELIVERING')
  })

  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
  ] as const)
    it(`has nothing that axe finds wrong, ${colorScheme}, ${width} px wide, and nothing out of sight`, async () => {
      const page = await open({ colorScheme, viewport: { width, height: 900 } })
      const fits = () => page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth)
      await page.getByRole('heading', { level: 2, name: /DELIVERING/i }).waitFor()
      assert.deepEqual(await violationsOf(page), [])
      assert.equal(await fits(), true, 'the board is wider than the window')
      await order(page, { Quantity: '0' })
      await page.locator('[aria-invalid=true]').first().waitFor()
      assert.deepEqual(await violationsOf(page), [])
      await placed(page, { Quantity: '1' })
      await stands(page, 'DELIVERING')
      assert.deepEqual(await violationsOf(page), [])
      assert.equal(await fits(), true, 'the order is wider than the window')
      await page.getByRole('link', { name: 'Operations' }).click()
      await page.getByRole('heading', { name: 'payment', exact: true }).waitFor()
      assert.deepEqual(await violationsOf(page), [])
    })

  it('complains of nothing in all of this', () => {
    assert.deepEqual(browser.complaints, [])
  })
})
