import { runDashboard } from './dashboard.ts'
import { runDelivery, runPayment } from './handlers.ts'
import { runOrder } from './order.ts'

const services = { order: runOrder, payment: runPayment, delivery: runDelivery, dashboard: runDashboard }

// Ends with the process that has started it.
process.stdin.resume().once('end', () => process.exit(0))

await services[process.argv[2] as keyof typeof services](process.env)
process.stdout.write('ready\n')
