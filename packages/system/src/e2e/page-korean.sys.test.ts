import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signToken } from '@saucery/local/access/sign-in'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser({ AUTH: 'on' })

const languageOf = (page: Page) => page.locator('html').getAttribute('lang')

/** What is the same in every language. */
const names = [
  /Saucery|English|JWT|JSON|\bID\b|curl|nats stream get|npx pnpm@12 -s sign-in --role operator/g,
  // Services, roles, statuses, streams, events, and their reasons and attributes.
  /\b(order|payment|delivery|dashboard|operator)\b/gi,
  /\b[A-Z]{4,}\b/g,
  /\b(Order|Payment|Delivery)[A-Z]\w+/g,
  /\b(id|type|source|time|subject|cause|stream|sequence|dataschema)\b/g,
  // What was ordered, ids, and units.
  /gangnam|gochujang|…[\da-f]{6}|[\da-f-]{36}|\d+ ms\b|\bv\d+/g,
]

/** The lines of the page that have English words in them. */
async function englishOn(page: Page, part = 'body'): Promise<string[]> {
  const attributes = await page
    .locator(`${part} :is([aria-label], [title], [placeholder])`)
    .evaluateAll((parts) =>
      parts.flatMap((it) =>
        ['aria-label', 'title', 'placeholder'].map((name) => it.getAttribute(name) ?? ''),
      ),
    )
  const lines = (await page.locator(part).allInnerTexts()).flatMap((text) => text.split('\n'))
  return [...lines, ...attributes].filter((line) =>
    /[a-z]/i.test(names.reduce((text, name) => text.replace(name, ''), line)),
  )
}

async function signedIn(): Promise<Page> {
  const page = await open({ locale: 'ko-KR', viewport: { width: 1440, height: 1000 } })
  await page.getByLabel('토큰').waitFor()
  assert.deepEqual(await englishOn(page), [])
  await page.getByLabel('토큰').fill(await signToken(running.system.dataDir, { role: 'operator' }))
  await page.getByRole('button', { name: '로그인' }).click()
  await page.getByRole('heading', { name: '주문하기' }).waitFor()
  return page
}

describe('the page in a Korean browser', { timeout: 200_000 }, () => {
  it('is in Korean on every page, and passes axe', async () => {
    const page = await signedIn()
    assert.equal(await languageOf(page), 'ko')
    const place = page.getByRole('region', { name: '주문하기' })
    await place.getByLabel('수량').fill('0')
    await place.getByRole('button', { name: '주문하기' }).click()
    await place.getByText('1 이상').waitFor()
    assert.deepEqual(await englishOn(page, '.place .field'), [])
    await place.getByLabel('수량').fill('2')
    await place.getByRole('button', { name: '주문하기' }).click()
    await page.getByRole('status').getByRole('link').click()
    await page.getByRole('button', { name: '배송 실패 신고' }).waitFor()
    await page.locator('.timeline summary').nth(1).click()
    await page.locator('.timeline pre').waitFor()
    assert.deepEqual(
      await englishOn(page, '.order :is(h1, h2, dt, summary, small, button, .steps, .when)'),
      [],
    )
    assert.deepEqual(await violationsOf(page), [])
    for (const name of ['기한 초과', '배송', '운영', '주문']) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      assert.deepEqual(await englishOn(page), [], name)
      assert.deepEqual(await violationsOf(page), [], name)
    }
    await page.goto(`${running.system.urls.gateway}/#/nowhere`)
    await page.getByRole('heading', { name: '페이지를 찾을 수 없음' }).waitFor()
    await page.goto(`${running.system.urls.gateway}/#/orders/01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e`)
    await page.getByRole('alert').filter({ hasText: '찾을 수 없음' }).waitFor()
  })

  it('changes to the chosen language at the same address, signed in, and remembers it', async () => {
    const page = await signedIn()
    await page.getByRole('link', { name: '배송', exact: true }).click()
    await page.getByLabel('언어').selectOption('en')
    await page.getByRole('heading', { name: 'Deliveries under way' }).waitFor()
    assert.equal(await languageOf(page), 'en')
    await page.getByRole('button', { name: 'Sign out' }).click()
    const other = await page.context().newPage()
    await other.goto(running.system.urls.gateway)
    await other.getByLabel('Token').waitFor()
    assert.equal(await languageOf(other), 'en')
  })

  it('logs no error in any of these tests', () => {
    assert.deepEqual(running.browser.pageErrors, [])
  })
})
