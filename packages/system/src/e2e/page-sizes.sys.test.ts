import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { findBrowser, testBrowser } from '../support/browser.ts'
import { patientClient } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { order, placed, press, stands, violationsOf } from '../testing/page.ts'

const widths = [360, 768, 1440, 2560]
const longest = 'a-branch-with-a-name-that-is-as-long-as-a-name-can-be-in-here'

let system: Awaited<ReturnType<typeof runningSystem>>
/** An order that is being delivered, with the longest names. */
let orderId: string

before(async () => {
  system = await runningSystem()
  const client = patientClient(system.urls.gateway)
  const body = { branchId: longest, sauceId: longest, qty: 1, price: 1000 }
  const placedOrders = await Promise.all(
    [1, 1_000_000, 1].map((qty) => client.post('/orders', { body: { ...body, qty } })),
  )
  orderId = placedOrders[0]?.data.id ?? ''
})
after(() => system[Symbol.asyncDispose]())

/** The pages by their addresses, each with what it shows once it is loaded. */
const pages = () =>
  [
    ['', (page) => page.getByRole('heading', { level: 2, name: 'DELIVERING' })],
    [`orders/${orderId}`, (page) => page.getByRole('heading', { level: 1, name: 'DELIVERING' })],
    ['waiting', (page) => page.getByRole('heading', { level: 1 })],
    ['deliveries', (page) => page.locator('main').getByText(longest)],
    ['operations', (page) => page.getByRole('heading', { name: 'payment', exact: true })],
  ] as readonly [string, (page: Page) => Locator][]

async function show(page: Page, address: string, loaded: (page: Page) => Locator): Promise<void> {
  await page.evaluate(`location.hash = '#/${address}'`)
  await loaded(page).first().waitFor()
}

const widerThanWindow = (page: Page) =>
  page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth)

/** A machine without Chromium cannot test the page; without Firefox it can. */
const engines = (['chromium', 'firefox'] as const).filter(
  (engine) => engine === 'chromium' || findBrowser(engine) !== undefined,
)

it('is tested in both engines', (t) => {
  if (engines.length === 2) return
  t.diagnostic('LEFT OUT: the page in Firefox, which is not on the PATH')
  assert.ok(!process.env.CI, 'no Firefox')
})

for (const engine of engines) {
  describe(`the page in ${engine}`, { timeout: 300_000 }, () => {
    let browser: Awaited<ReturnType<typeof testBrowser>>
    before(async () => {
      browser = await testBrowser([], engine)
    })
    afterEach(() => browser.closePages())
    after(() => browser[Symbol.asyncDispose]())

    for (const colorScheme of ['light', 'dark'] as const)
      it(`fits any window, and passes axe, ${colorScheme}`, async () => {
        const page = await browser.open(system.urls.gateway, { colorScheme })
        for (const [address, loaded] of pages()) {
          await show(page, address, loaded)
          for (const width of widths) {
            await page.setViewportSize({ width, height: 900 })
            assert.equal(await widerThanWindow(page), 0, `${address} at ${width} px`)
            // Each width in one of the schemes; the other engine draws the same elements.
            const isNarrow = width < 1000
            if (engine === 'chromium' && isNarrow === (colorScheme === 'light'))
              assert.deepEqual(await violationsOf(page), [], `${address} at ${width} px`)
          }
        }
      })

    it('takes an order from its form to its delivery', async () => {
      const page = await browser.open(system.urls.gateway)
      await order(page, { Quantity: '0' })
      await page.locator('[aria-invalid=true]').first().waitFor()
      await placed(page, { Quantity: '1' })
      await stands(page, 'DELIVERING')
      await press(page, 'Mark delivered')
      await stands(page, 'DELIVERED')
    })

    it('fits when its text is twice as large, and when the browser shows it twice as large', async () => {
      const page = await browser.open(system.urls.gateway, {
        viewport: { width: 720, height: 450 },
        deviceScaleFactor: 2,
      })
      for (const [address, loaded] of pages()) {
        await show(page, address, loaded)
        assert.equal(await widerThanWindow(page), 0, `${address}, shown twice as large`)
      }
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
      for (const [address, loaded] of pages()) {
        await show(page, address, loaded)
        assert.equal(await widerThanWindow(page), 0, `${address}, with large text`)
      }
    })

    it('logs no error in any of these tests', () => {
      assert.deepEqual(browser.pageErrors, [])
    })
  })
}

describe('the page over a slow network', { timeout: 120_000 }, () => {
  it('shows that it loads, and takes an order', async () => {
    await using browser = await testBrowser()
    const page = await browser.open('about:blank')
    const network = await page.context().newCDPSession(page)
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 600,
      downloadThroughput: 25_000,
      uploadThroughput: 25_000,
    })
    await page.goto(system.urls.gateway, { waitUntil: 'commit' })
    await placed(page, { Quantity: '1' })
    await stands(page, 'DELIVERING')
    assert.deepEqual(browser.pageErrors, [])
  })
})
