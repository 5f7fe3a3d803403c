import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { placed, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser()

type Name = 'order' | 'payment' | 'delivery' | 'dashboard'

const overview = async () => {
  const since = performance.now()
  const { services } = await openClient({ url: running.system.urls.gateway }).get('/operations')
  const ms = performance.now() - since
  const of = (service: Name) => services.find((it) => it.service === service)
  return {
    ms,
    of,
    pendingOf: (service: Name) => of(service)?.lag?.consumers.find((it) => it.stream === 'ORDERS')?.pending,
  }
}

/** Runs `work` while the service hangs: it keeps its connections, and answers nothing. */
async function whileFrozen(service: Name, work: () => Promise<void>): Promise<void> {
  const { pid } = running.system.services[service]
  assert.ok(pid !== undefined)
  process.kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}

async function whileStopped(service: Name, work: () => Promise<void>): Promise<void> {
  await running.system.services[service].stop()
  try {
    await work()
  } finally {
    running.system.services[service].start()
  }
}

const placeOrders = async (count: number) => {
  const client = openClient({ url: running.system.urls.gateway })
  const body = { branchId: '1', sauceId: '1', qty: 1, price: 1000 }
  await Promise.all(Array.from({ length: count }, () => client.post('/orders', { body })))
}

const isUp = (service: Name) =>
  eventually(async () => assert.equal((await overview()).of(service)?.state, 'up'), 30_000)

const strip = (page: Page) => page.getByRole('list', { name: 'Services' })
const inStrip = (page: Page, text: string) => strip(page).getByRole('listitem').filter({ hasText: text })

describe('what the page tells of a service that does not answer', { timeout: 200_000 }, () => {
  for (const [how, whileAway] of [
    ['hangs', whileFrozen],
    ['is gone', whileStopped],
  ] as const)
    it(`shows how far behind a service is that ${how}, within two seconds of a question`, async () => {
      const page = await open()
      await page.getByRole('link', { name: 'Operations' }).click()
      const payment = page.getByRole('region', { name: 'payment' })
      await payment.getByText('up', { exact: true }).waitFor()
      await whileAway('payment', async () => {
        await placeOrders(20)
        await eventually(async () => {
          const { ms, of, pendingOf } = await overview()
          assert.ok(ms < 2000, `took ${ms} ms`)
          assert.equal(of('payment')?.state, 'down')
          assert.equal(of('payment')?.lag?.readBy, 'dashboard')
          // A frozen consumer may have had a pull open, which received a part of them.
          const inFlight = of('payment')?.lag?.consumers.find((it) => it.stream === 'ORDERS')?.ackPending ?? 0
          assert.equal((pendingOf('payment') ?? 0) + inFlight, 20)
        }, 15_000)
        await payment.getByText('down', { exact: true }).waitFor()
        await payment.getByText('read by dashboard').waitFor()
        await inStrip(page, 'payment down').waitFor()
        assert.deepEqual(await violationsOf(page), [])
      })
      await isUp('payment')
      await inStrip(page, 'payment down').waitFor({ state: 'detached' })
    })

  it('greys what it knew of a dashboard that hangs, which is not live any more', async () => {
    const page = await open()
    await page.getByText('Live', { exact: true }).waitFor()
    await whileFrozen('dashboard', async () => {
      await inStrip(page, 'dashboard down').waitFor()
      await page.getByText('Reconnecting…').waitFor({ timeout: 20_000 })
      await page.getByRole('link', { name: 'Operations' }).click()
      const dashboard = page.getByRole('region', { name: 'dashboard' })
      await dashboard.locator('.aged.old').first().waitFor()
    })
    await isUp('dashboard')
    await page.getByRole('link', { name: 'Orders' }).click()
    await page.getByText('Live', { exact: true }).waitFor()
  })

  it('has the strip on every page', async () => {
    const page = await open()
    await placed(page)
    await inStrip(page, 'payment').waitFor()
    for (const name of ['Overdue', 'Deliveries', 'Operations', 'Orders']) {
      await page.getByRole('link', { name }).click()
      await inStrip(page, 'dashboard').waitFor()
    }
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
