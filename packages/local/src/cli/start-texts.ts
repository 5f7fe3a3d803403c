import { join } from 'node:path'
import type { System } from '../system/system.ts'

export const startUsage = `Usage: npx pnpm@12 start

Finds or starts Postgres, NATS and MongoDB, and runs the five services until Ctrl-C.

In the environment:
  POSTGRES_URL, NATS_URL, MONGODB_URL     servers to use; without them servers are started here
  POSTGRES_PORT, NATS_PORT, MONGODB_PORT  where those started here listen (any free port)
  ORDER_PORT, PAYMENT_PORT, DELIVERY_PORT, DASHBOARD_PORT, GATEWAY_PORT
                                          where the services listen (8084 to 8088)
  ORDER_MANAGEMENT_PORT, …                where they answer probes and Prometheus (each 100 higher)
  AUTH=on                                 callers sign in, with tokens from \`npx pnpm@12 sign-in\`; without
                                          it everyone may do everything
  SAUCERY_DATA                            the folder for data and passwords (.data)
  LOG_FORMAT=json, LOG_LEVEL, NO_COLOR    how the services' logs are printed
Every other variable reaches the services: PAYMENT_LIMIT, DELIVERY_DURATION_MS, CORS_ORIGINS …
`

const signingIn = `Sign in as an operator, or with --role branch --branch 1, or --role courier:
  TOKEN=$(npx pnpm@12 -s sign-in --role operator)
`

/** What is printed when the system is ready. */
export function summary(
  { urls, managementUrls, servers }: System,
  dataDir: string,
  seconds: number,
  auth: boolean,
): string {
  const metrics = Object.values(managementUrls).map((url) => `metrics ${url}/metrics`)
  const services = Object.entries(urls).map(([name, url], i) => `  ${name.padEnd(10)} ${url}  ${metrics[i]}`)
  const stores = Object.entries(servers).map(([name, { port }]) => `  ${name.padEnd(10)} port ${port}`)
  const bearer = auth ? ' -H "authorization: Bearer $TOKEN"' : ''
  const elsewhere = urls.gateway.endsWith(':8088') ? '' : ` --url ${urls.gateway}`
  return `
Ready after ${seconds.toFixed(1)} s

${[...services, ...stores].join('\n')}
  passwords  ${join(dataDir, 'secrets.json')}

${auth ? signingIn : 'Sign-in is off: everyone on this machine may do everything.\n'}
In a browser:  ${urls.gateway}
Place an order, and see where it stands:
  curl -i ${urls.gateway}/orders -H 'content-type: application/json'${bearer} \\
    -d '{"branchId":1,"sauceId":2,"qty":3,"price":4000}'
  curl ${urls.gateway}/orderDashboards${bearer}
Orders on every path:  ${auth ? 'SAUCERY_TOKEN="$TOKEN" ' : ''}npx pnpm@12 demo${elsewhere}
Stop with Ctrl-C.
`
}
