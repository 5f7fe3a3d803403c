import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testBrowser } from '../support/browser.ts'
import { hastyClient, patientClient } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'

const usage = `Usage: npx pnpm@12 screenshots

Makes the pictures of the README anew, of a system of its own, in docs/images.
`

readCommandLine(usage, {}, () => {})
const folder = fileURLToPath(new URL('../../../../docs/images/', import.meta.url))
const settings = { PAYMENT_DELAY_MS: '1500', PAYMENT_DELAY_JITTER_MS: '1500' }
const branches = ['gangnam', 'hongdae', 'jamsil', 'mapo']
const sauces = ['gochujang', 'doenjang', 'ssamjang', 'ganjang']

await mkdir(folder, { recursive: true })
await using system = await runningSystem(settings)
await using browser = await testBrowser()
const { post } = hastyClient(system.urls.gateway)
const patient = patientClient(system.urls.gateway)

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
  const [branchId = '', sauceId = ''] = [branches[i % branches.length], sauces[i % 3]]
  return (await post('/orders', { body: { branchId, sauceId, qty: 1 + (i % 5), price } })).data.id
}

async function live(i: number): Promise<string> {
  const fate = fates[i % fates.length]
  await sleep(i * 150)
  const id = await place(i, fate === 'decline' ? 900_000 + 200_000 * 5 : undefined)
  const path = { id }
  if (fate === 'cancel') {
    // The order is on its way by then.
    await sleep(4500)
    await patient.post('/orders/{id}/cancel', { path })
  } else if (fate === 'complete' || fate === 'fail') {
    await eventually(() => post(`/deliveries/{id}/${fate}`, { path }), 60_000, 300)
  }
  return id
}
