import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { signToken, type TokenClaims } from '@saucery/local/access/sign-in'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testBrowser } from '../support/browser.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'

const mine: TokenClaims = { role: 'branch', branch: '1' }
const yours: TokenClaims = { role: 'branch', branch: '2' }
const courier: TokenClaims = { role: 'courier' }

describe('a system with sign-in', { timeout: 120_000 }, () => {
  let system: RunningSystem
  let orderId: string

  before(async () => {
    system = await runningSystem({ AUTH: 'on' })
  })
  after(async () => {
    await system[Symbol.asyncDispose]()
  })

  async function ask(who: TokenClaims | undefined, method: string, path: string, body?: object) {
    const token = who && `Bearer ${await signToken(system.dataDir, who)}`
    const headers = { 'content-type': 'application/json', ...(token && { authorization: token }) }
    const url = path.startsWith('http') ? path : `${system.urls.gateway}${path}`
    return fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  }
  const order = { branchId: '1', sauceId: '1', qty: 1, price: 1000 }

  it('takes a branch’s order, and tells it and nobody else where that stands', async () => {
    const placed = await ask(mine, 'POST', '/orders', order)
    assert.equal(placed.status, 201)
    orderId = ((await placed.json()) as { id: string }).id
    for (const path of ['orders', 'payments', 'deliveries', 'orderDashboards']) {
      await eventually(async () => {
        assert.equal((await ask(mine, 'GET', `/${path}/${orderId}`)).status, 200)
      })
      assert.equal((await ask(yours, 'GET', `/${path}/${orderId}`)).status, 404)
    }
    assert.equal((await ask(yours, 'POST', '/orders', order)).status, 403)
    assert.equal((await ask(yours, 'POST', `/orders/${orderId}/cancel`)).status, 404)
  })

  it('lets a courier deliver it, and not order', async () => {
    assert.equal((await ask(courier, 'POST', '/orders', order)).status, 403)
    assert.equal((await ask(courier, 'POST', `/deliveries/${orderId}/complete`)).status, 200)
    await eventually(async () => {
      const view = await ask(mine, 'GET', `/orderDashboards/${orderId}`)
      assert.equal(((await view.json()) as { status: string }).status, 'DELIVERED')
    })
  })

  it('has the page ask for a new token when the one it has expires, and goes on with that', async () => {
    await using browser = await testBrowser()
    const page = await browser.open(system.urls.gateway)
    const signIn = async (seconds: number) => {
      const token = await signToken(system.dataDir, { ...mine, seconds })
      await page.getByRole('textbox', { name: 'Token' }).fill(token)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('status').getByText('Live').waitFor()
    }
    await signIn(6)
    // 5 s later, for clocks that differ.
    await page.getByRole('alert').filter({ hasText: 'token has expired' }).waitFor()
    await signIn(60)
    await page
      .getByRole('region', { name: /DELIVERED/ })
      .locator(`[data-order="${orderId}"]`)
      .waitFor()
    assert.deepEqual(browser.pageErrors, [])
  })

  it('answers nobody who does not sign in, or goes past the gateway', async () => {
    assert.equal((await ask(undefined, 'POST', '/orders', order)).status, 401)
    const { order: service, dashboard } = system.urls
    for (const who of [undefined, mine, { role: 'operator' }]) {
      assert.equal((await ask(who, 'POST', `${service}/orders`, order)).status, 401)
      assert.equal((await ask(who, 'GET', `${dashboard}/orderDashboards`)).status, 401)
    }
  })
})
