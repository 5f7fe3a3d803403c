import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { order, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser()

/** Counts the frames that the page asks for. */
const countFrames = `
  const ask = requestAnimationFrame
  globalThis.framesAsked = 0
  globalThis.requestAnimationFrame = (draw) => { framesAsked++; return ask(draw) }`

const framesOf = (page: Page) => page.evaluate<number>('framesAsked')

/** Resolves with the number of frames once there are no more. */
const rests = (page: Page): Promise<number> =>
  eventually(async () => {
    const before = await framesOf(page)
    await page.waitForTimeout(500)
    assert.equal(await framesOf(page), before)
    return before
  }, 15_000)

const part = (page: Page, name: RegExp) => page.getByRole('button', { name })
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

const hasDots = (page: Page): Promise<boolean> =>
  page.locator('.flow canvas').evaluate((it) => {
    const canvas = it as unknown as { width: number; height: number; getContext(id: '2d'): Context | null }
    interface Context {
      getImageData(x: number, y: number, w: number, h: number): { readonly data: Uint8ClampedArray }
    }
    const drawn = canvas.getContext('2d')?.getImageData(0, 0, canvas.width || 1, canvas.height || 1)
    return drawn?.data.some((byte) => byte > 0) ?? false
  })

const placeOrders = async (count: number) => {
  const client = openClient({ url: running.system.urls.gateway })
  const body = { branchId: '1', sauceId: '1', qty: 1, price: 1000 }
  await Promise.all(Array.from({ length: count }, () => client.post('/orders', { body })))
}

describe('the choreography alive, above the board', { timeout: 240_000 }, () => {
  it('explains itself until there is an order, whose events then pass along their edges as dots', async () => {
    const page = await open({}, countFrames)
    const introduction = page.getByText('watch its events pass from service to service')
    await introduction.waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    await order(page)
    await eventually(async () => assert.ok(await hasDots(page), 'has dots'), 10_000)
    await introduction.waitFor({ state: 'detached' })
    await page.getByText('3 events seen').waitFor()
    // All dots have arrived: the page rests.
    await eventually(async () => assert.ok(!(await hasDots(page)), 'has no dots'), 20_000)
    await rests(page)
  })

  it('lists the last events of an edge, each with a link to it', async () => {
    const page = await open()
    await part(page, /^ORDERS to payment,/).focus()
    await page.keyboard.press('Enter')
    const events = panel(page, 'ORDERS → payment')
    const link = events.getByRole('link', { name: /OrderPlaced/ }).first()
    assert.match(String(await link.getAttribute('href')), /^#\/orders\/[\w-]+\?event=[\w-]+$/)
    await page.keyboard.press('Escape')
    await events.waitFor({ state: 'detached' })
    await part(page, /^payment to PAYMENTS,/).click()
    await panel(page, 'payment → PAYMENTS')
      .getByRole('link', { name: /PaymentApproved/ })
      .first()
      .click()
    await page.getByRole('heading', { level: 1, name: /^Order/ }).waitFor()
  })

  it('is one stop of the Tab key, with the arrow keys from part to part', async () => {
    const page = await open()
    await part(page, /^order, up/).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await panel(page, 'payment').getByRole('link', { name: 'Operations' }).waitFor()
    assert.equal(await page.locator('.flow svg [tabindex="0"]').count(), 1)
    await page.keyboard.press('Escape')
    const focused = await page.evaluate('document.activeElement.getAttribute("aria-label")')
    assert.match(String(focused), /^payment, up/)
  })

  it('shows a service that is down, and its events filling the stream until it is back', async () => {
    const page = await open()
    const fill = page.locator('.stream').filter({ hasText: 'ORDERS' }).locator('.fill')
    const width = async () => Number(await fill.getAttribute('width'))
    await running.system.services.payment.stop()
    try {
      await placeOrders(5)
      await part(page, /^payment, down/).waitFor()
      await part(page, /^ORDERS to payment, .*, 5 waiting/).waitFor()
      const before = await width()
      await placeOrders(20)
      await part(page, /^ORDERS to payment, .*, 25 waiting/).waitFor()
      assert.ok((await width()) > before && before > 0, `from ${before} to ${await width()}`)
    } finally {
      running.system.services.payment.start()
    }
    await part(page, /^payment, up/).waitFor()
    await part(page, /^ORDERS to payment, .*, 0 waiting/).waitFor()
    assert.equal(await width(), 0)
  })

  it('has numbers in place of dots where motion is reduced', async () => {
    const page = await open({ reducedMotion: 'reduce' })
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('0 events seen').waitFor()
    await placeOrders(5)
    await page.locator('.pill').getByText('/s').first().waitFor()
    await page.getByText('15 events seen').waitFor()
    assert.equal(await page.locator('.flow canvas').count(), 0)
  })

  it('holds still while it is paused', async () => {
    const page = await open({}, countFrames)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Slow motion' }).click()
    await placeOrders(1)
    await eventually(async () => assert.ok(await hasDots(page), 'has dots'), 10_000)
    await page.getByRole('button', { name: 'Pause' }).click()
    await rests(page)
    assert.ok(await hasDots(page))
  })

  it('does nothing while the page is hidden', async () => {
    const page = await open({}, countFrames)
    await page.getByText('Live', { exact: true }).waitFor()
    const become = (state: string) =>
      page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))`)
    await become('hidden')
    const before = await rests(page)
    await placeOrders(3)
    const watched = await open()
    await part(watched, /^delivery to DELIVERIES/).click()
    await panel(watched, 'delivery → DELIVERIES').getByRole('link').nth(2).waitFor()
    assert.equal(await framesOf(page), before)
    await page.getByText('0 events seen').waitFor()
    await become('visible')
    await page.getByRole('button', { name: 'Slow motion' }).click()
    await placeOrders(1)
    await eventually(async () => assert.ok(await hasDots(page), 'has dots'), 10_000)
  })

  it('has a badge for the dead letters of a service', async () => {
    const page = await open()
    await page.route('**/operations', async (route) => {
      const { services } = await (await route.fetch()).json()
      for (const { service, report } of services) if (service === 'payment') report.deadLetters = 3
      await route.fulfill({ json: { services } })
    })
    await part(page, /^payment, up, 3 dead letters/).waitFor()
    assert.equal(await page.locator('.letters-mark').textContent(), '3')
  })

  it('is a table too, without a violation or a horizontal scroll from a phone to a wide screen', async () => {
    for (const [width, colorScheme] of [
      [360, 'light'],
      [1440, 'dark'],
      [2560, 'light'],
    ] as const) {
      const page = await open({ viewport: { width, height: 900 }, colorScheme })
      await part(page, /^payment, up/).click()
      await page.locator('.flow').getByText('Show as table').click()
      await page.getByRole('cell', { name: 'ORDERS', exact: true }).first().waitFor()
      assert.deepEqual(await violationsOf(page), [])
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
    }
  })

  it('stays collapsed in this browser', async () => {
    const page = await open()
    const picture = page.locator('.flow svg')
    const height = (await page.locator('.flow').boundingBox())?.height ?? 0
    assert.ok(height <= 270, `${height} px`)
    await page.getByRole('button', { name: 'Hide' }).click()
    await picture.waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await picture.waitFor()
  })

  it('tells callers who may not see operations that state and lag are for operators', async () => {
    const page = await open()
    await page.route('**/me', async (route) => {
      const answer = await route.fetch()
      const me = await answer.json()
      await route.fulfill({ json: { ...me, may: me.may.filter((it: string) => it !== 'operate') } })
    })
    await page.reload()
    await page.getByText('Lag and state: for operators').waitFor()
    await part(page, /^ORDERS to payment, 0\/s$/).waitFor()
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
