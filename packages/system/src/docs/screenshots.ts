import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { testBrowser } from '../support/browser.ts'
import { door } from '../support/door.ts'
import { runningSystem } from '../support/running-system.ts'

// Makes the pictures of the README, of a system of its own.
const folder = fileURLToPath(new URL('../../../../docs/images/', import.meta.url))
const settings = { PAYMENT_DELAY_MS: '1500', PAYMENT_DELAY_JITTER_MS: '1500' }
const branches = ['gangnam', 'hongdae', 'jamsil', 'mapo']
const sauces = ['gochujang', 'doenjang', 'ssamjang', 'ganjang']

await mkdir(folder, { recursive: true })
await using system = await runningSystem(settings)
await using browser = await testBrowser()
const { insist } = door(system.urls.gateway)

const fates = ['complete', 'fail', 'complete', 'leave', 'cancel', 'complete', 'leave', 'decline'] as const
const ids = await Promise.all(Array.from({ length: 48 }, (_, i) => live(i)))
process.stderr.write(`${ids.length} orders placed\n`)
const story = ids[4]

const options = { viewport: { width: 1440, height: 1000 }, colorScheme: 'light' } as const
const board = await browser.open(system.urls.gateway, options)
// Some that are still on their way when the picture is taken.
void Promise.all(Array.from({ length: 6 }, (_, i) => place(i + 1)))
await board.getByText('Live', { exact: true }).waitFor()
await sleep(1200)
await board.screenshot({ path: `${folder}board.png` })

const order = await browser.open(`${system.urls.gateway}/#/orders/${story}`, {
  viewport: { width: 1000, height: 900 },
  colorScheme: 'light',
})
await order.getByRole('listitem').filter({ hasText: 'PaymentRefunded' }).first().waitFor()
await order.screenshot({ path: `${folder}order.png` })
process.stderr.write(`written to ${folder}\n`)

async function place(i: number, price = 2000 + 500 * (i % 7)): Promise<string> {
  const body = { branchId: branches[i % 4], sauceId: sauces[i % 3], qty: 1 + (i % 5), price }
  const answer = await fetch(`${system.urls.gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return ((await answer.json()) as { id: string }).id
}

async function live(i: number): Promise<string> {
  const fate = fates[i % fates.length]
  await sleep(i * 150)
  const id = await place(i, fate === 'decline' ? 900_000 + 200_000 * 5 : undefined)
  // The cancel comes when the order is on its way.
  if (fate === 'cancel') await sleep(4500)
  if (fate === 'complete' || fate === 'fail') await insist(`/deliveries/${id}/${fate}`)
  if (fate === 'cancel') await insist(`/orders/${id}/cancel`)
  return id
}
