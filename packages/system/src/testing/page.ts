import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'

/** Fills in the order form and sends it. */
export async function order(page: Page, typed: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label).first().fill(text)
  await page.getByRole('button', { name: 'Place order' }).click()
}

/** Places an order and opens its page. */
export async function placed(page: Page, typed?: Readonly<Record<string, string>>): Promise<string> {
  await order(page, typed)
  const link = page.getByRole('status').getByRole('link')
  const id = /orders\/([\w-]+)/.exec((await link.getAttribute('href')) ?? '')?.[1] ?? ''
  await link.click()
  return id
}

const heading = (page: Page, status: string) =>
  page.getByRole('heading', { level: 1, name: new RegExp(`Order .*${status}`, 'i') })
export const stands = (page: Page, status: string) => heading(page, status).waitFor()
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
/** The link to the order in the column of a status, or in the row of the finished orders that says it. */
export const card = (page: Page, status: string, id: string) =>
  page
    .getByRole('region', { name: status })
    .or(page.getByRole('row').filter({ has: page.getByText(status, { exact: true }) }))
    .locator(`[data-order="${id}"]`)

/** The violations that axe finds, a line each. */
export async function violationsOf(page: Page): Promise<string[]> {
  // Not as a script element: the page's policy blocks scripts of others.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)
}

/** Moves the focus to the target with the Tab key alone. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let steps = 0; steps < 200; steps++) {
    if (await target.evaluate((it) => it === it.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${target} is not reached by the Tab key`)
}

/** The texts of the buttons that act on orders and deliveries. */
export const buttonsOf = (page: Page): Promise<string[]> =>
  page.locator('main fieldset').getByRole('button').allInnerTexts()
