import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { hastyClient } from '../support/orders.ts'
import { violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser()

const client = () => hastyClient(running.system.urls.gateway)

const statusOf = async (id: string) =>
  (
    await client()
      .get('/deliveries/{id}', { path: { id } })
      .catch(() => undefined)
  )?.status

/** An order that is on its way. */
async function started(branchId: string): Promise<string> {
  const { data } = await client().post('/orders', {
    body: { branchId, sauceId: 'gochujang', qty: 1, price: 1000 },
  })
  await eventually(async () => assert.equal(await statusOf(data.id), 'STARTED'))
  return data.id
}

async function deliveries(): Promise<Page> {
  const page = await open()
  await page.clock.install()
  // Timers of before would go on.
  await page.goto('about:blank')
  await page.goto(`${running.system.urls.gateway}/#/deliveries`)
  return page
}

const row = (page: Page, id: string) => page.getByRole('listitem').filter({ hasText: id.slice(-6) })
const rows = (page: Page) => page.locator('.deliveries .id').allInnerTexts()
const ends = (ids: readonly string[]) => ids.map((id) => id.slice(-6))
const names = async (page: Page) => (await rows(page)).map((name) => name.slice(-6))
const press = (page: Page, id: string, name: string) => row(page, id).getByRole('button', { name }).click()

describe('the deliveries under way in a browser', { timeout: 200_000 }, () => {
  it('come oldest first, and hold still under the pointer', async () => {
    const ids = [await started('still'), await started('still')]
    const page = await deliveries()
    await page.getByLabel('Search').fill('still')
    await eventually(async () => assert.deepEqual(await names(page), ends(ids)))
    await row(page, String(ids[0])).hover()
    ids.push(await started('still'))
    await client().post('/deliveries/{id}/complete', { path: { id: String(ids[0]) } })
    await page.getByText('1 new', { exact: true }).waitFor()
    await row(page, String(ids[0])).getByText('No longer under way').waitFor()
    assert.deepEqual(await names(page), ends(ids.slice(0, 2)))
    await page.mouse.move(0, 0)
    await eventually(async () => assert.deepEqual(await names(page), ends(ids.slice(1))))
  })

  it('are reported after five seconds in which the report can be undone', async () => {
    const [undone, reported] = [await started('undone'), await started('undone')]
    const page = await deliveries()
    await press(page, undone, 'Report failed delivery')
    await press(page, undone, 'Undo')
    await press(page, reported, 'Mark delivered')
    assert.equal(
      await row(page, reported)
        .getByRole('button', { name: 'Undo' })
        .evaluate((it) => it === it.ownerDocument.activeElement),
      true,
    )
    assert.equal(await statusOf(reported), 'STARTED')
    await page.clock.fastForward(5000)
    await eventually(async () => assert.equal(await statusOf(reported), 'COMPLETED'))
    assert.equal(await statusOf(undone), 'STARTED')
  })

  it('are reported at once when the courier leaves the page', async () => {
    const left = await started('left')
    const page = await deliveries()
    await press(page, left, 'Report failed delivery')
    await page.getByRole('link', { name: 'Orders' }).click()
    await eventually(async () => assert.equal(await statusOf(left), 'FAILED'))
  })

  it('are found by order, branch and sauce', async () => {
    const id = await started('found')
    const page = await deliveries()
    for (const text of [id, 'FOUND', id.slice(-6)]) {
      await page.getByLabel('Search').fill(text)
      await eventually(async () => assert.deepEqual(await names(page), ends([id])))
    }
    await page.getByLabel('Search').fill('nowhere')
    await page.getByText('No delivery on this page matches').waitFor()
  })

  it('are found by a whole order id on any page, and tell when they are due', async () => {
    const id = await started('elsewhere')
    const page = await deliveries()
    // A page after all deliveries.
    const cursor = Buffer.alloc(16, 0xff).toString('base64url')
    await page.goto(`${running.system.urls.gateway}/#/deliveries?cursor=${cursor}`)
    await page.getByText('No deliveries under way').waitFor()
    await page.getByLabel('Search').fill(id.toUpperCase())
    await eventually(async () => assert.deepEqual(await names(page), ends([id])))
    await row(page, id).getByText('due in 2 d 23 h').waitFor()
    await page.getByLabel('Search').fill('ffffffff-ffff-7fff-bfff-ffffffffffff')
    await page.getByText('No delivery under way has this id').waitFor()
  })

  it('fit a phone with the longest names, and have large targets', async () => {
    const id = await started('w'.repeat(64))
    const page = await open({ viewport: { width: 360, height: 740 } })
    await page.goto(`${running.system.urls.gateway}/#/deliveries`)
    const button = row(page, id).getByRole('button', { name: 'Mark delivered' })
    const box = await button.boundingBox()
    assert.ok(box && box.height >= 44, `${box?.height} px`)
    assert.equal(await page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth), true)
    assert.deepEqual(await violationsOf(page), [])
  })

  it('log no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
