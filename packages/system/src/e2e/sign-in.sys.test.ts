import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Client, openClient } from '@saucery/client/client'
import { signToken, type TokenClaims } from '@saucery/local/access/sign-in'
import { signInLinks } from '@saucery/local/cli/local-access'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testBrowser } from '../support/browser.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { card } from '../testing/page.ts'

const branch: TokenClaims = { role: 'branch', branch: '1' }
const body = { branchId: '1', sauceId: '1', qty: 1, price: 1000 }
const refused = (status: number) => ({ name: 'CallRefused', status })

describe('a system with sign-in', { timeout: 120_000 }, () => {
  let system: RunningSystem
  let orderId: string
  let own: Client
  let other: Client
  let courier: Client

  before(async () => {
    system = await runningSystem({ AUTH: 'on' })
    own = await signedIn(branch)
    other = await signedIn({ role: 'branch', branch: '2' })
    courier = await signedIn({ role: 'courier' })
  })
  after(async () => {
    await system[Symbol.asyncDispose]()
  })

  const signedIn = async (claims: TokenClaims, url = system.urls.gateway) =>
    openClient({ url, token: await signToken(system.dataDir, claims) })

  it('takes an order of a branch, and shows it to that branch alone', async () => {
    const placed = await own.post('/orders', { body })
    assert.equal(placed.status, 201)
    orderId = placed.data.id
    const path = { id: orderId }
    for (const list of ['orders', 'payments', 'deliveries', 'orderDashboards'] as const) {
      await eventually(() => own.get(`/${list}/{id}`, { path }))
      await assert.rejects(other.get(`/${list}/{id}`, { path }), refused(404))
    }
    await assert.rejects(other.post('/orders', { body }), refused(403))
    await assert.rejects(other.post('/orders/{id}/cancel', { path }), refused(404))
  })

  it('lets a courier deliver it, and place no order', async () => {
    const path = { id: orderId }
    await assert.rejects(courier.post('/orders', { body }), refused(403))
    assert.equal((await courier.post('/deliveries/{id}/complete', { path })).status, 200)
    await eventually(async () => {
      assert.equal((await own.get('/orderDashboards/{id}', { path })).status, 'DELIVERED')
    })
  })

  it('has the page ask for a new token when its token expires, and go on with the new one', async () => {
    await using browser = await testBrowser()
    const page = await browser.open(system.urls.gateway)
    const signIn = async (seconds: number) => {
      const token = await signToken(system.dataDir, { ...branch, seconds })
      await page.getByRole('textbox', { name: 'Token' }).fill(token)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('status').getByText('Live').waitFor()
    }
    await signIn(6)
    // After the 5 s that clocks may differ by.
    await page.getByRole('alert').filter({ hasText: 'token has expired' }).waitFor()
    await signIn(60)
    await card(page, 'DELIVERED', orderId).waitFor()
    assert.deepEqual(browser.pageErrors, [])
  })

  it('signs in a new tab by another one, until its user signs out there', async () => {
    await using browser = await testBrowser()
    const links = await signInLinks(system.dataDir, system.urls.gateway)
    const page = await browser.open(String(links.operator))
    const signedIn = (tab: typeof page) => tab.getByRole('button', { name: 'Sign out' }).waitFor()
    await signedIn(page)
    const newTab = await page.context().newPage()
    await newTab.goto(system.urls.gateway)
    await signedIn(newTab)
    await newTab.getByRole('button', { name: 'Sign out' }).click()
    await newTab.reload()
    await newTab.getByRole('textbox', { name: 'Token' }).waitFor()
    await signedIn(page)
    // A tab of another browser has nobody to ask.
    const stranger = await browser.open(system.urls.gateway)
    await stranger.getByRole('textbox', { name: 'Token' }).waitFor()
    assert.deepEqual(browser.pageErrors, [])
  })

  it('signs in by a printed link, which leaves the address', async () => {
    await using browser = await testBrowser()
    const links = await signInLinks(system.dataDir, system.urls.gateway)
    const page = await browser.open(String(links.courier))
    await page.getByText('courier', { exact: false }).getByRole('button', { name: 'Sign out' }).waitFor()
    assert.equal(new URL(page.url()).hash, '#/')
    await page.goto(String(links.operator))
    await page.getByRole('link', { name: 'Operations' }).waitFor()
    assert.equal(new URL(page.url()).hash, '#/')
    assert.deepEqual(browser.pageErrors, [])
  })

  it('refuses callers without a token, and all callers that go past the gateway', async () => {
    const stranger = openClient({ url: system.urls.gateway })
    await assert.rejects(stranger.post('/orders', { body }), refused(401))
    const { order, dashboard } = system.urls
    for (const claims of [undefined, branch, { role: 'operator' }]) {
      const past = (url: string) => (claims ? signedIn(claims, url) : openClient({ url }))
      await assert.rejects((await past(order)).post('/orders', { body }), refused(401))
      await assert.rejects((await past(dashboard)).get('/orderDashboards'), refused(401))
    }
  })
})
