import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signToken, type TokenClaims } from '@saucery/local/access/sign-in'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { buttonsOf, card, order, placed, press, stands, violationsOf } from '../testing/page.ts'

const mine: TokenClaims = { role: 'branch', branch: 'mine' }
const courier: TokenClaims = { role: 'courier' }

const { running, open } = inBrowser({ AUTH: 'on' })

describe('the page in a browser, with sign-in', { timeout: 200_000 }, () => {
  let orderId: string

  async function signIn(page: Page, token: string): Promise<void> {
    await page.getByLabel('Token').fill(token)
    await press(page, 'Sign in')
  }
  async function openAs(who: TokenClaims, hash = ''): Promise<Page> {
    const page = await running.browser.open(`${running.system.urls.gateway}/${hash}`)
    await signIn(page, await signToken(running.system.dataDir, who))
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    return page
  }
  const pages = (page: Page) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts()

  it('asks for a token, and tells what is wrong with one', async () => {
    const page = await open()
    await page.getByLabel('Token').waitFor()
    assert.deepEqual(await violationsOf(page), [])
    assert.deepEqual(await pages(page), [])
    await signIn(page, 'nonsense')
    await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor()
    const field = page.getByLabel('Token')
    for (const [token, problem] of [
      ['ключ', 'does not contain “к”'],
      ['one two', 'no spaces'],
      ['', 'Paste a token'],
    ] as const) {
      await signIn(page, token)
      await page.getByRole('alert').filter({ hasText: problem }).waitFor()
      assert.equal(await field.getAttribute('aria-invalid'), 'true')
      assert.match(String(await field.getAttribute('aria-describedby')), /token-error/)
    }
    assert.deepEqual(await violationsOf(page), [])
    // One that an earlier version of the page stored.
    for (const token of ['ключ', 'one two', 'x'.repeat(20_000)]) {
      await page.evaluate(`sessionStorage.setItem('token', ${JSON.stringify(token)})`)
      await page.reload()
      await field.waitFor()
      assert.equal(await page.evaluate("sessionStorage.getItem('token')"), null)
    }
    await signIn(page, await signToken(running.system.dataDir, mine))
    await page.getByRole('heading', { name: 'Place an order' }).waitFor()
    await press(page, 'Sign out')
    await page.getByLabel('Token').waitFor()
    await page.reload()
    await page.getByLabel('Token').waitFor()
  })

  it('lets a branch place and cancel its own orders, but end no delivery', async () => {
    const page = await openAs(mine)
    assert.deepEqual(await pages(page), ['Orders', 'Overdue', 'Deliveries'])
    orderId = await placed(page)
    await stands(page, 'DELIVERING')
    assert.deepEqual(await buttonsOf(page), ['Cancel order'])
    await page.getByRole('link', { name: 'Deliveries' }).click()
    await page.getByRole('listitem').filter({ hasText: 'mine' }).waitFor()
    assert.deepEqual(await buttonsOf(page), [])
    await page.goto(`${running.system.urls.gateway}/#/operations`)
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  })

  it("refuses a branch an order for another branch, and shows it no other branch's orders", async () => {
    const page = await openAs({ role: 'branch', branch: 'yours' })
    await order(page, { Branch: 'mine' })
    await page.getByText('not your branch').first().waitFor()
    await page.goto(`${running.system.urls.gateway}/#/orders/${orderId}`)
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByText('OrderPlaced').count(), 0)
  })

  it('lets a courier end deliveries, and shows nothing else', async () => {
    const page = await openAs(courier, '#/')
    assert.deepEqual(await pages(page), ['Deliveries'])
    const delivery = page.getByRole('listitem').filter({ hasText: orderId.slice(-6) })
    assert.equal(await delivery.getByRole('link').count(), 0)
    assert.deepEqual(await violationsOf(page), [])
    await delivery.getByRole('button', { name: 'Mark delivered' }).click()
    // Under the pointer the list would hold still.
    await page.mouse.move(0, 0)
    await delivery.waitFor({ state: 'detached' })
  })

  it('lets an operator do everything', async () => {
    const page = await openAs({ role: 'operator' })
    assert.deepEqual(await pages(page), ['Orders', 'Overdue', 'Deliveries', 'Operations'])
    await card(page, 'DELIVERED', orderId).waitFor()
    await placed(page, { Branch: 'another' })
    await stands(page, 'DELIVERING')
    assert.deepEqual(await buttonsOf(page), ['Mark delivered', 'Report failed delivery', 'Cancel order'])
  })

  it('leads to the page of events, which shows an operator their numbers, and finds one', async () => {
    const page = await openAs({ role: 'operator' })
    await page.getByRole('navigation', { name: 'Reference' }).getByRole('link', { name: 'Events' }).click()
    await page.getByText('for operators').waitFor()
    const first = String(await page.getByRole('article', { name: 'OrderPlaced' }).textContent())
    assert.match(first, /On the stream\s*\d+ orders?\s*Last one\s*.*, sequence \d+, order [\da-f-]{36}/)
    await page.setViewportSize({ width: 360, height: 740 })
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.ok(Number(await overflow()) <= 0, 'it fits a narrow window')
    assert.deepEqual(await violationsOf(page), [])
    await page.getByRole('searchbox').fill('delivery refused')
    await page.getByText('1 of 11 events').waitFor()
    assert.deepEqual(await page.getByRole('article').getByRole('heading', { level: 2 }).allInnerTexts(), [
      'CancellationRefused',
    ])
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
