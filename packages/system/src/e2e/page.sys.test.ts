import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { inBrowser } from '../support/browser.ts'
import { buttonsOf, card, order, placed, press, stands, tabTo, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser({ OVERDUE_AFTER_MS: '2000' })

describe('the page in a browser', { timeout: 300_000 }, () => {
  it('shows an order on its way to DELIVERED without being loaded again', async () => {
    const page = await open()
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))
    const id = await placed(page)
    await stands(page, 'DELIVERING')
    assert.deepEqual(await buttonsOf(page), ['Mark delivered', 'Report failed delivery', 'Cancel order'])
    // Not by the page's own button: only the feed can tell the page.
    await fetch(`${running.system.urls.gateway}/deliveries/${id}/complete`, { method: 'POST' })
    await stands(page, 'DELIVERED')
    for (const event of ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'])
      await page.getByRole('listitem').filter({ hasText: event }).first().waitFor()
    assert.deepEqual(await buttonsOf(page), [])
    assert.equal(await page.evaluate('globalThis.sameDocument'), true)
  })

  it('shows a decline with its reason', async () => {
    const page = await open()
    await placed(page, { Price: '1000000' })
    await stands(page, 'REJECTED')
    await page.getByText('limit-exceeded').first().waitFor()
    assert.deepEqual(await buttonsOf(page), [])
  })

  it('shows the errors of an invalid order at their fields, and places it once they are fixed', async () => {
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
    await press(page, 'Cancel order')
    await stands(page, 'CANCELLED')
    await page.getByRole('listitem').filter({ hasText: 'PaymentRefunded' }).first().waitFor()
  })

  it('moves an order over the boards of two browsers, and both agree', async () => {
    const [one, other, story] = [await open(), await open(), await open()]
    const id = await placed(story)
    for (const board of [one, other]) await card(board, 'DELIVERING', id).waitFor()
    await press(story, 'Report failed delivery')
    for (const board of [one, other]) await card(board, 'FAILED', id).waitFor()
  })

  it('catches up after the dashboard was killed', async () => {
    const [board, story] = [await open(), await open()]
    const id = await placed(story)
    await card(board, 'DELIVERING', id).waitFor()
    // The feed stays away until the order is delivered, so neither page gets this event live.
    for (const page of [board, story]) await page.route('**/orderDashboards/live*', (route) => route.abort())
    // The supervisor starts a killed service again.
    await running.system.services.dashboard.kill()
    const completed = await fetch(`${running.system.urls.gateway}/deliveries/${id}/complete`, {
      method: 'POST',
    })
    assert.equal(completed.status, 200)
    const after = `${running.system.urls.dashboard}/orderDashboards/${id}?after=${completed.headers.get('event-id')}`
    await eventually(async () => assert.equal((await fetch(after)).status, 200))
    for (const page of [board, story]) {
      await page.getByText('Reconnecting').waitFor()
      await page.unroute('**/orderDashboards/live*')
    }
    await card(board, 'DELIVERED', id).waitFor()
    await stands(story, 'DELIVERED')
  })

  it('finds orders by branch, status and part of their id, and keeps the filter in the address', async () => {
    const story = await open()
    const mine = await placed(story, { Branch: 'findable' })
    const other = await placed(await open(), { Branch: 'findable' })
    await stands(story, 'DELIVERING')
    await press(story, 'Mark delivered')
    const page = await open()
    const filter = page.getByRole('form', { name: 'Filter' })
    await filter.getByLabel('Branch').fill('findable')
    await filter.getByLabel('Branch').press('Enter')
    await card(page, 'DELIVERED', mine).waitFor()
    await card(page, 'DELIVERING', other).waitFor()
    await eventually(async () => assert.equal(await page.locator('[data-order]').count(), 2))
    await filter.getByLabel('Status').selectOption('DELIVERING')
    await card(page, 'DELIVERED', mine).waitFor({ state: 'detached' })
    await page.reload()
    await card(page, 'DELIVERING', other).waitFor()
    assert.equal(await page.locator('[data-order]').count(), 1)
    await filter.getByLabel('Status').selectOption('All')
    await filter.getByLabel('Order id').fill(mine.slice(-6))
    await card(page, 'DELIVERING', other).waitFor({ state: 'detached' })
    await card(page, 'DELIVERED', mine).waitFor()
    await filter.getByLabel('Order id').fill(other)
    await filter.getByRole('button', { name: 'Open' }).click()
    await stands(page, 'DELIVERING')
  })

  it('charts how orders ended, and how long they took', async () => {
    const page = await open()
    await placed(page, { Branch: 'charted' })
    await stands(page, 'DELIVERING')
    await press(page, 'Mark delivered')
    await stands(page, 'DELIVERED')
    await placed(await open(), { Branch: 'charted', Price: '1000000' })
    await page.goto(`${running.system.urls.gateway}/#/?branch=charted`)
    await page.getByRole('img', { name: /^2 orders placed: 1 DELIVERED, 0 CANCELLED, 1 REJECTED/ }).waitFor()
    await page.getByRole('img', { name: /^Time to delivery: p50 \d/ }).waitFor()
    assert.ok((await page.locator('.chart rect').count()) >= 3, 'there are no bars')
  })

  it('shows each event with its time, publisher, cause and delay, and the next event with its deadline', async () => {
    const page = await open()
    await placed(page)
    await stands(page, 'DELIVERING')
    const row = (event: string) =>
      page.getByRole('listitem').filter({ has: page.getByText(event, { exact: true }) })
    assert.match(
      String(await row('OrderPlaced').textContent()),
      /\d\d:\d\d:\d\d\.\d{3} published by order, caused by a request by anyone \(operator\)$/,
    )
    assert.match(
      String(await row('PaymentApproved').textContent()),
      /published by payment, caused by OrderPlaced, [\d.]+ m?s later$/,
    )
    assert.match(
      String(await row('DeliveryCompleted or DeliveryFailed').textContent()),
      /expected by \w+ \d+, \d\d:/,
    )
    // A dot for each event and for the awaited one, and an arrow from each cause.
    const picture = page.locator('.picture')
    assert.deepEqual([await picture.locator('.dot').count(), await picture.locator('.cause').count()], [4, 3])
  })

  it('lists an overdue order until it goes on, and counts it on every page', async () => {
    const [waiting, story] = [await open(), await open()]
    await running.system.services.delivery.stop()
    const id = await placed(story)
    await stands(story, 'PAID')
    await waiting.getByRole('link', { name: 'Overdue' }).click()
    const late = waiting.locator('main').locator(`a[href*="${id}"]`)
    await late.waitFor()
    await waiting.getByText('DeliveryStarted').first().waitFor()
    await story.getByRole('link', { name: /^Overdue\s+\d+\s+overdue$/ }).waitFor()
    running.system.services.delivery.start()
    await stands(story, 'DELIVERING')
    await late.waitFor({ state: 'detached' })
  })

  it('can be used with the keyboard alone', async () => {
    const page = await open()
    const key = (name: string) => page.keyboard.press(name)
    for (const [label, text] of [
      ['Branch', '7'],
      ['Sauce', '8'],
      ['Quantity', '2'],
      ['Price', '3000'],
    ] as const) {
      await tabTo(page, page.getByLabel(label).first())
      await key('Control+A')
      await page.keyboard.type(text)
    }
    await key('Enter')
    await tabTo(page, page.getByRole('status').getByRole('link'))
    await key('Enter')
    await stands(page, 'DELIVERING')
    const arrived = page.getByRole('button', { name: 'Mark delivered' })
    await tabTo(page, arrived)
    await key('Enter')
    await stands(page, 'DELIVERED')
    await arrived.waitFor({ state: 'detached' })
    // The button is gone: the focus moves to its result, not to the top of the page.
    await eventually(async () => {
      const here = await page.evaluate('document.activeElement.textContent')
      assert.equal(here, 'Marked delivered')
    })
  })

  it('passes axe with errors at its fields, at the width of a phone', async () => {
    const page = await open({ viewport: { width: 360, height: 900 } })
    await order(page, { Quantity: '0' })
    await page.locator('[aria-invalid=true]').first().waitFor()
    assert.deepEqual(await violationsOf(page), [])
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
