import { join } from 'node:path'
import type { System } from './system.ts'

export const usage = `Usage: npx pnpm@12 start

Finds or starts Postgres, NATS and MongoDB, and runs the five services until Ctrl-C.

In the environment:
  POSTGRES_URL, NATS_URL, MONGODB_URL     servers to use; without them servers are started here
  POSTGRES_PORT, NATS_PORT, MONGODB_PORT  where those started here listen (any free port)
  ORDER_PORT, PAYMENT_PORT, DELIVERY_PORT, DASHBOARD_PORT, GATEWAY_PORT
                                          where the services listen (8084 to 8088)
  SAUCERY_DATA                            the folder for data and passwords (.data)
  LOG_FORMAT=json, LOG_LEVEL, NO_COLOR    how the services' logs are printed
Every other variable reaches the services: PAYMENT_LIMIT, DELIVERY_DURATION_MS, CORS_ORIGINS …
`

/** What is printed when the system is ready. */
export function ready({ urls, servers }: System, dataDir: string, seconds: number): string {
  const services = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(10)} ${url}`)
  const stores = Object.entries(servers).map(([name, { port }]) => `  ${name.padEnd(10)} port ${port}`)
  return `
Ready after ${seconds.toFixed(1)} s

${[...services, ...stores].join('\n')}
  passwords  ${join(dataDir, 'secrets.json')}

Place an order, and see what became of it:
  curl -i ${urls.gateway}/orders -H 'content-type: application/json' \\
    -d '{"branchId":1,"sauceId":2,"qty":3,"price":4000}'
  curl ${urls.gateway}/orderDashboards
Orders on every path:  npx pnpm@12 demo
Stop with Ctrl-C.
`
}
