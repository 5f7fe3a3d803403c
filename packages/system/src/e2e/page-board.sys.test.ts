import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { card, order, stands, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser()

const post = async (path: string, body?: object) => {
  const headers = { 'content-type': 'application/json' }
  const text = body && JSON.stringify(body)
  const response = await fetch(`${running.system.urls.gateway}${path}`, {
    method: 'POST',
    headers,
    ...(text && { body: text }),
  })
  assert.ok(response.ok, `${path}: ${response.status}`)
  return (await response.json()) as { id: string }
}

const place = async (branchId: string, price = 1000) =>
  (await post('/orders', { branchId, sauceId: 'ssamjang', qty: 1, price })).id

async function openBoard(
  branch: string,
  options?: Parameters<typeof open>[0],
  script?: string,
): Promise<Page> {
  const page = await open(options, script)
  await page.goto(`${running.system.urls.gateway}/#/?branch=${branch}`)
  return page
}

const filter = (page: Page) => page.getByRole('form', { name: 'Filter' })
const hashOf = (page: Page) => new URL(page.url()).hash
const hasHash = (page: Page, hash: string) => eventually(async () => assert.equal(hashOf(page), hash))

interface Numbers {
  readonly chart: string
  readonly heads: readonly number[]
  readonly cards: number
}

/** All at one moment. */
const numbersOnPage = `({
  chart: document.querySelector('.chart [role=img]').getAttribute('aria-label'),
  heads: [...document.querySelectorAll('.column h2 .count, .end b')].map((it) => Number(it.textContent)),
  cards: document.querySelectorAll('[data-order]').length,
})`

describe('the board in a browser', { timeout: 200_000 }, () => {
  it('shows the same numbers in chart, heads and cards at every moment', async () => {
    const page = await openBoard('numbers')
    await page.getByText('Live', { exact: true }).waitFor()
    const lists: string[] = []
    page.on('request', (request) => {
      // The flow reads the last events of a few orders.
      if (/orderDashboards\?(?!limit=12$)/.test(request.url())) lists.push(request.url())
    })
    await page.reload()
    const ids = [await place('numbers'), await place('numbers'), await place('numbers', 9_000_000)]
    await card(page, 'REJECTED', ids[2] ?? '').waitFor()
    await card(page, 'DELIVERING', ids[0] ?? '').waitFor()
    await post(`/deliveries/${ids[0]}/complete`)
    await card(page, 'DELIVERED', ids[0] ?? '').waitFor()
    const { chart, heads, cards } = await page.evaluate<Numbers>(numbersOnPage)
    assert.match(chart, /^3 orders placed: 1 DELIVERED, 0 CANCELLED, 1 REJECTED, 0 FAILED, 1 In progress$/)
    assert.deepEqual([heads.reduce((sum, n) => sum + n, 0), cards], [3, 3])
    // Once more where the feed comes late (board-data.test); the newest order alone is asked for its time.
    const whole = lists.filter((url) => !url.includes('limit=1&'))
    assert.ok(whole.length <= 2 && lists.every((url) => url.includes('timeline=none')), lists.join('\n'))
    assert.match(await page.title(), /^Orders: .*numbers · Saucery$/)
  })

  it('goes back by a choice, not by a letter, and forgets its filter at once', async () => {
    const page = await open()
    await filter(page).getByLabel('Status').selectOption('PAID')
    await filter(page).getByLabel('Overdue only').check()
    await filter(page).getByLabel('Order id').pressSequentially('abc')
    await hasHash(page, '#/?status=PAID&overdue=true&id=abc')
    await page.goBack()
    await hasHash(page, '#/?status=PAID&overdue=true')
    assert.equal(await filter(page).getByLabel('Order id').inputValue(), '')
    await page.goBack()
    await hasHash(page, '#/?status=PAID')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await hasHash(page, '#/')
    await page.goBack()
    await hasHash(page, '#/?status=PAID')
  })

  it('suggests what it has seen, and takes the range of the newest order unless one is chosen', async () => {
    const id = await place('aged')
    const later = 'const real = Date.now; Date.now = () => real() + 3 * 3600_000'
    const page = await openBoard('aged', {}, later)
    await page.locator(`[data-order="${id}"]`).waitFor()
    assert.equal(await filter(page).getByLabel('Time range').inputValue(), '6h')
    assert.equal(hashOf(page), '#/?branch=aged')
    const offers = await page
      .locator('datalist option')
      .evaluateAll((all) => all.map((it) => it.getAttribute('value')))
    assert.ok(offers.includes('aged') && offers.includes('ssamjang'), String(offers))
    await page.goto(`${running.system.urls.gateway}/#/?range=1h&branch=aged`)
    await page.getByText('No matching orders.').waitFor()
  })

  it('holds a card still under the pointer until that leaves', async () => {
    const ids = [await place('held'), await place('held')]
    const page = await openBoard('held')
    const [first, second] = ids.map((id) => card(page, 'DELIVERING', id))
    await first?.waitFor()
    await second?.hover()
    const place1 = await first?.boundingBox()
    await post(`/deliveries/${ids[1]}/complete`)
    await page.getByText('Now DELIVERED').waitFor()
    await card(page, 'DELIVERED', ids[1] ?? '').waitFor()
    assert.deepEqual(await first?.boundingBox(), place1)
    await page.mouse.move(0, 0)
    await second?.waitFor({ state: 'detached' })
  })

  it('is used by keys, which do nothing while somebody types', async () => {
    const id = await place('keys')
    const page = await openBoard('keys')
    await page.locator(`[data-order="${id}"]`).waitFor()
    const press = (...keys: string[]) =>
      keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve())
    const isFocused = (selector: string) => page.locator(`${selector}:focus`).waitFor()
    await press('j')
    await isFocused(`[data-order="${id}"]`)
    await press('/')
    await isFocused('input[type=search]')
    await press('g', 'o', '?')
    assert.equal(await filter(page).getByLabel('Order id').inputValue(), 'go?')
    await press('Control+k')
    const box = page.getByRole('dialog', { name: 'Open any id' })
    await box.locator('input:focus').waitFor()
    await page.keyboard.type(` …${id.slice(-8)}`)
    await box.getByRole('link', { name: id.slice(-6) }).waitFor()
    await press('Enter')
    await stands(page, 'DELIVERING')
    await eventually(async () =>
      assert.match(await page.title(), new RegExp(`${id.slice(-6)} DELIVERING · Saucery`)),
    )
    await press('g', 'o')
    await hasHash(page, '#/waiting')
    await press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    assert.deepEqual(await violationsOf(page), [])
    await help.getByLabel('Single keys work').uncheck()
    await press('Escape', 'g', 'd')
    await help.waitFor({ state: 'detached' })
    assert.equal(hashOf(page), '#/waiting')
  })

  it('shows that a button works, once that takes a while', async () => {
    const page = await open()
    let answer = () => {}
    await page.route('**/orders', async (route) => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      await route.continue()
    })
    await order(page)
    await page.locator('button[aria-busy=true]', { hasText: 'Place order' }).waitFor()
    answer()
    await page.getByRole('status').getByRole('link').waitFor()
    assert.equal(await page.locator('button[aria-busy]').count(), 0)
  })

  it('has its shape before its script runs, and no longer', async () => {
    const page = await open()
    await page.locator('.skeleton').waitFor({ state: 'hidden' })
    await page.route('**/assets/*.js', (route) => route.abort())
    await page.reload()
    await page.locator('.skeleton').waitFor({ state: 'visible' })
  })

  for (const width of [360, 1440])
    it(`tells the values of its bars, with readable colours where they are forced, ${width} px wide`, async () => {
      await place('valued')
      const page = await openBoard('valued', { viewport: { width, height: 800 }, forcedColors: 'active' })
      await page.locator('.chart rect:not(.cursor)').first().waitFor()
      await page.getByRole('slider').first().focus()
      await eventually(async () => {
        // When the minute of the order is over, its bar is the last but one.
        for (const key of ['End', 'ArrowLeft']) {
          await page.keyboard.press(key)
          if ((await page.locator('.reading').allInnerTexts()).some((it) => it.endsWith('In progress')))
            return
        }
        assert.fail('no bar has the order')
      })
      const keys = await page.evaluate<string[]>(
        "[...document.querySelectorAll('.legend li')].map((it) => getComputedStyle(it, '::before').backgroundColor)",
      )
      assert.equal(new Set(keys).size, 5)
      assert.deepEqual(await violationsOf(page), [])
      const clipped = await page.locator('.plot text').evaluateAll(
        (texts) =>
          texts.filter((text) => {
            const [own, all] = [text, text.closest('svg') ?? text].map((it) => it.getBoundingClientRect())
            return own && all && (own.left < all.left - 1 || own.right > all.right + 1)
          }).length,
      )
      assert.equal(clipped, 0)
      const fits = await page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth)
      assert.equal(fits, true, 'the board is wider than the window')
    })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
