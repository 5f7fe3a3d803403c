import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page, Request } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { holdingProxy } from '../testing/holding-proxy.ts'
import { order, placed, stands } from '../testing/page.ts'

/** The server of other sites. */
const elsewhere = createServer((_, response) =>
  response.setHeader('content-type', 'text/html').end('elsewhere'),
)
await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
after(() => elsewhere.close())
const siteAt = (host: string) => `http://${host}.example:${(elsewhere.address() as AddressInfo).port}`

const { running, open } = inBrowser(
  { ALLOWED_HOSTS: 'sauce.example', CORS_ORIGINS: siteAt('named'), CORS_CREDENTIALS: 'on' },
  ['--host-resolver-rules=MAP *.example 127.0.0.1'],
)

/** A script that redefines properties, such as `crypto.subtle`. */
const redefined = (names: readonly string[], as: string) =>
  names
    .map(
      (name) =>
        `Object.defineProperty(${name.replace(/\.?(\w+)$/, ", '$1'").replace(/^,/, 'window,')}, ${as})`,
    )
    .join('\n')

const without = (names: readonly string[]) => redefined(names, '{ value: undefined }')
const denying = (names: readonly string[]) =>
  redefined(names, "{ get() { throw new DOMException('denied', 'SecurityError') } }")

/** What a browser may lack, deny, or be wrong about. */
const strangeBrowsers = {
  'that lacks what is new, or not for plain HTTP': without([
    'crypto.randomUUID',
    'crypto.subtle',
    'navigator.clipboard',
    'navigator.locks',
    'navigator.serviceWorker',
    'BroadcastChannel',
    'EventSource',
    'IntersectionObserver',
    'Notification',
    'ResizeObserver',
    'SharedWorker',
    'caches',
    'indexedDB',
    'matchMedia',
    'requestIdleCallback',
    'structuredClone',
  ]),
  'that denies what is stored, and changes of the address': denying([
    'BroadcastChannel',
    'caches',
    'history.pushState',
    'history.replaceState',
    'indexedDB',
    'localStorage',
    'navigator.serviceWorker',
    'sessionStorage',
  ]),
  'that has no room, and takes itself for offline': `
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }
    Object.defineProperty(navigator, 'onLine', { value: false })`,
}

const cards = (page: Page, id: string) => page.locator(`[data-order="${id}"]`)

describe('the page in any browser, behind any proxy', { timeout: 300_000 }, () => {
  it('shows a new order in eight pages, which go on to answer', async () => {
    const isLive = (page: Page) => page.getByText('Live', { exact: true }).waitFor()
    const first = await open()
    await isLive(first)
    /** Those that were opened from now on. */
    const feeds = new Set<Request>()
    const context = first.context()
    context.on('request', (request) => {
      if (request.url().includes('/live')) feeds.add(request)
    })
    context.on('requestfailed', (request) => feeds.delete(request))
    context.on('requestfinished', (request) => feeds.delete(request))
    const pages = [first]
    while (pages.length < 8) {
      const page = await context.newPage()
      await page.goto(running.system.urls.gateway)
      await isLive(page)
      pages.push(page)
    }
    // The first one had its feed before.
    assert.equal(feeds.size, 0)
    await order(pages[7] as Page, { Branch: 'eight' })
    const link = (pages[7] as Page).getByRole('status').getByRole('link')
    const id = /orders\/([\w-]+)/.exec((await link.getAttribute('href')) ?? '')?.[1] ?? ''
    for (const page of pages) await cards(page, id).waitFor({ timeout: 5000 })
    // The leader is killed: it says nothing more.
    const session = await context.newCDPSession(first)
    void session.send('Page.crash').catch(() => {})
    await eventually(() => assert.equal(feeds.size, 1), 10_000)
    const left = pages.slice(1)
    for (const page of left) await order(page, { Branch: 'eight' })
    for (const page of left)
      await eventually(async () => assert.equal(await page.locator('[data-order]').count(), 8), 10_000)
    assert.equal(feeds.size, 1)
  })

  it('places an order over plain HTTP beyond localhost', async () => {
    const { port } = new URL(running.system.urls.gateway)
    const page = await running.browser.open(`http://sauce.example:${port}`)
    assert.equal(await page.evaluate('isSecureContext'), false)
    await page.getByText('Live', { exact: true }).waitFor()
    await placed(page)
    await stands(page, 'DELIVERING')
  })

  it('shows a new order behind a proxy that holds back the feed', async () => {
    await using proxy = await holdingProxy(running.system.urls.gateway)
    const board = await running.browser.open(proxy.url)
    const story = await running.browser.open(proxy.url)
    const id = await placed(story)
    await cards(board, id).waitFor({ timeout: 10_000 })
    await stands(story, 'DELIVERING')
    await fetch(`${running.system.urls.gateway}/deliveries/${id}/complete`, { method: 'POST' })
    await stands(story, 'DELIVERED')
  })

  it('answers the page of another site with credentials, if it is named, and no other one', async () => {
    const { port } = new URL(running.system.urls.gateway)
    const orderFrom = async (host: string) => {
      const page = await running.browser.open(siteAt(host))
      const place = async (url: string) => {
        const body = JSON.stringify({ branchId: 'named', sauceId: 1, qty: '1', price: '1000' })
        const headers = { 'content-type': 'application/json', 'idempotency-key': '"from-elsewhere"' }
        const answer = await fetch(url, { method: 'POST', body, headers, credentials: 'include' })
        return [answer.status, answer.headers.has('location')]
      }
      return page.evaluate(place, `http://sauce.example:${port}/orders`).catch(String)
    }
    assert.deepEqual(await orderFrom('named'), [201, true])
    assert.match(String(await orderFrom('other')), /Failed to fetch/)
    assert.match(String(running.browser.pageErrors.splice(0)), /blocked by CORS policy/)
  })

  it('places an order in a browser with another language, calendar and time zone', async () => {
    const page = await open({ locale: 'fa-IR-u-ca-persian', timezoneId: 'Pacific/Chatham' })
    await placed(page)
    await stands(page, 'DELIVERING')
  })

  for (const [name, script] of Object.entries(strangeBrowsers))
    it(`places an order in a browser ${name}`, async () => {
      const page = await open({}, script)
      await page.getByRole('form', { name: 'Filter' }).getByLabel('Branch').fill('gangnam')
      await placed(page)
      await stands(page, 'DELIVERING')
    })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
