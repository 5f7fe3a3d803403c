import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventKeyOf } from '@saucery/local/access/event-keys'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { testBrowser } from '../support/browser.ts'
import { hastyClient, patientClient } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { fillPastHour, places, sauces } from './past-hour.ts'
import { record, writeAnimation } from './recording.ts'

const usage = `Usage: npx pnpm@12 screenshots

Makes the pictures of the documents anew, of a system of its own, in docs/images: the moving one of the board (15 s, at
most 2 MB), the board with an hour of orders, an order, an order that waits, one that fails, with its trace, and the page
for operators while a service is down. It takes about a minute.
`

readCommandLine(usage, {}, () => {})
const folder = fileURLToPath(new URL('../../../../docs/images/', import.meta.url))
const settings = {
  PAYMENT_DELAY_MS: '1200',
  PAYMENT_DELAY_JITTER_MS: '900',
  TRACE_STORE: 'on',
  DRILLS: 'on',
}
const movingMs = 15_000
const limitBytes = 2_000_000
const began = performance.now()
const say = (text: string) =>
  process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s: ${text}\n`)

await mkdir(folder, { recursive: true })
await using system = await runningSystem(settings)
await using browser = await testBrowser()
const { gateway } = system.urls
const { post, get } = hastyClient(gateway)
const patient = patientClient(gateway)
await fillPastHour(system.databases.dashboard, 420)
say('the system runs, with an hour of orders')

const look = { colorScheme: 'light' } as const
const small = { viewport: { width: 1200, height: 750 }, ...look }
const board = await browser.open(gateway, small)
await board.getByText('Live', { exact: true }).first().waitFor()
await sleep(1000)
const placing = Array.from({ length: 60 }, (_, i) => live(i))
const frames = await record(board, movingMs, 100)
await board.close()

const wide = { viewport: { width: 1440, height: 1000 }, ...look }
await picture('board', '', wide, (page) => page.getByText('Live', { exact: true }).first().waitFor())
const ids = await Promise.all(placing)
const narrow = { viewport: { width: 1000, height: 900 }, ...look }
const shows = (text: string) => (page: Awaited<ReturnType<typeof browser.open>>) =>
  page.getByText(text, { exact: false }).first().waitFor()
await picture('order', `#/orders/${ids[1]}`, narrow, shows('PaymentRefunded'))

signal('payment', 'SIGSTOP')
const waits = (await post('/orders', { body: orderOf(3) })).data.id
await eventually(() => get('/orderDashboards/{id}', { path: { id: waits } }))
await picture('wait', `#/orders/${waits}`, narrow, shows('OrderPlaced'))
signal('payment', 'SIGCONT')

const throws = { kind: 'handler-throws', service: 'payment', every: 1, forSeconds: 60 } as const
const drill = (await post('/operations/drills', { body: throws })).data.id
const fails = (await post('/orders', { body: orderOf(3) })).data.id
await picture(
  'story',
  `#/orders/${fails}`,
  { ...narrow, viewport: { width: 1000, height: 1250 } },
  shows('fails in payment'),
)
await post('/operations/drills/{drillId}/end', { path: { drillId: drill } })

await publishUnreadable()
signal('delivery', 'SIGSTOP')
for (let i = 0; i < 8; i++) await post('/orders', { body: orderOf(i) })
await picture(
  'failure',
  '#/operations',
  { ...wide, viewport: { width: 1440, height: 600 } },
  shows('dead letter'),
)
const { size, quality } = await writeAnimation(`${folder}board.webp`, frames, limitBytes)
say(`board.webp: ${frames.length} pictures, ${Math.round(size / 1000)} kB in quality ${quality}`)
say(`written to ${folder}`)

function signal(service: 'payment' | 'delivery', name: NodeJS.Signals): void {
  const { pid } = system.services[service]
  if (pid === undefined) throw new Error(`${service} does not run`)
  process.kill(pid, name)
}

/** Opens the page, lets its numbers settle, and takes a picture of it. */
async function picture(
  name: string,
  hash: string,
  options: typeof small,
  isThere: (page: Awaited<ReturnType<typeof browser.open>>) => Promise<void>,
): Promise<void> {
  const page = await browser.open(`${gateway}/${hash}`, options)
  await isThere(page)
  await sleep(3000)
  await page.screenshot({ path: `${folder}${name}.png` })
  await page.close()
  say(`${name}.png`)
}

function orderOf(i: number, price = 2000 + 500 * (i % 7)) {
  const [branchId = '', sauceId = ''] = [places[i % places.length], sauces[i % 3]]
  return { branchId, sauceId, qty: 1 + (i % 5), price }
}

/** Places an order in its time, and sees it to an end: delivered, failed, cancelled or declined. Some are left on the way. */
async function live(i: number): Promise<string> {
  const fates = [
    'complete',
    'fail',
    'complete',
    'leave',
    'cancel',
    'complete',
    'complete',
    'decline',
  ] as const
  const fate = fates[i % fates.length]
  await sleep(i * 320)
  const { id } = (await post('/orders', { body: orderOf(i, fate === 'decline' ? 2_000_000 : undefined) }))
    .data
  const path = { id }
  if (fate === 'cancel') {
    // The order is on its way by then.
    await sleep(4500)
    await patient.post('/orders/{id}/cancel', { path })
  } else if (fate === 'complete' || fate === 'fail') {
    await sleep(3500 + ((i * 700) % 2500))
    await eventually(() => post(`/deliveries/{id}/${fate}`, { path }), 60_000, 300)
  }
  return id
}

/** An event in a version that nobody knows: each service that consumes it keeps it as a dead letter. */
async function publishUnreadable(): Promise<void> {
  const { url, users } = system.nats
  const order = await connectBroker({ url, name: 'order', ...users.order, log: quietLog })
  const cause = { id: 'screenshots', traceparent: newTraceparent() }
  await publishEvent(order, stamp(OrderPlaced(OrderPlaced.example), cause, new Date()), {
    headers: { 'ce-dataschema': 'urn:event:OrderPlaced:0' },
    signing: eventKeyOf(system.dataDir, 'order'),
  })
  await order.close()
}
