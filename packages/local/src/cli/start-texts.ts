import { join } from 'node:path'
import type { WhatAndWhy } from '@saucery/servers/install/found'
import type { Paint } from '../demo/paint.ts'
import type { StoreName } from '../system/service-ports.ts'
import type { System } from '../system/system.ts'

export const startUsage = `Usage: npx pnpm@12 start [--details]

Finds or starts Postgres, NATS and MongoDB, and runs the five services until Ctrl-C. On a terminal it reads keys:
h shows them. Each event of an order is a line, a few lines a second at most; of the services' logs only warnings are.

  --details  print at once what h shows: addresses, metrics, stores, where the passwords are

In the environment:
  POSTGRES_URL, NATS_URL, MONGODB_URL     servers to use; without them servers are started here
  POSTGRES_PORT, NATS_PORT, MONGODB_PORT  where those started here listen (any free port)
  ORDER_PORT, PAYMENT_PORT, DELIVERY_PORT, DASHBOARD_PORT, GATEWAY_PORT
                                          where the services listen (8084 to 8088)
  ORDER_MANAGEMENT_PORT, …                where they answer probes and Prometheus (each 100 higher)
  AUTH=on                                 callers sign in, by a printed link or with tokens from
                                          \`npx pnpm@12 sign-in\`; without it everyone may do everything
  SAUCERY_DATA                            the folder for data and passwords (.data)
  TRACE_STORE=off                         keep no traces of orders; on, they are on each order's page
  OTEL_EXPORTER_OTLP_ENDPOINT=http://…    send traces there instead
  DRILLS=off                              no load and no faults on purpose, which operators may begin on the page
  LOG_LEVEL=info, debug                   print the services' logs of this level
  LOG_FORMAT=json                         print all their logs as they are, and no events
  NO_COLOR, CI                            no colours; with CI no keys either
Every other variable reaches the services: PAYMENT_LIMIT, DELIVERY_DURATION_MS, CORS_ORIGINS …
`

/** A server or service that has become ready; of a store which one it is, and why that one. */
export const readyLine = (name: string, found: WhatAndWhy | undefined, paint: Paint): string =>
  `${paint('green', '✔')} ${found ? `${found.what} ${paint('dim', `(${found.why})`)}` : name}`

interface Ready {
  /** Where the page is. */
  readonly page: string
  readonly seconds: number
  readonly auth: boolean
  /** A sign-in by one click, by role. */
  readonly links: Readonly<Record<string, string>>
  readonly hasKeys: boolean
  /** Where traces are. */
  readonly traces: string
  /** Whether load and faults can be made on purpose. */
  readonly drills?: boolean
}

/** What is printed when the system is ready. */
export function readyText(
  { page, seconds, auth, links, hasKeys, traces, drills = false }: Ready,
  paint: Paint,
): string {
  const state = auth ? 'Sign-in is on.' : 'Sign-in is off: everyone on this machine may do everything.'
  const keys = ['h help', 'o open the page', 'd an order along each path', 'l logs', 'q quit'].join(' · ')
  const commands = 'Orders along each path: npx pnpm@12 demo · Stop with Ctrl-C.'
  return `
  ${paint('green', '➜')}  ${paint('bold', page)}
${linkLines(links).join('\n')}
  Ready after ${seconds.toFixed(1)} s. ${state}${drills ? ' Drills are on: load and faults, under Operations.' : ''}
  Traces: ${traces}
  ${paint('dim', hasKeys ? keys : commands)}
`
}

/** Fresh ones are a part of the help, too: they are good for an hour. */
function linkLines(links: Ready['links']): string[] {
  const rows = Object.entries(links).map(([role, link]) => `  ${role.padEnd(9)} ${link}`)
  return rows.length > 0 ? ['', '  Sign in with a click, for an hour:', ...rows, ''] : ['']
}

/** Where the spans of an order can be seen. */
export function tracesAt(page: string, hasTraces: boolean, env: NodeJS.ProcessEnv): string {
  if (hasTraces) return `on each order's page, and as JSON at ${page}/operations/orders/<id>/traces`
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT
  return endpoint && env.OTEL_SDK_DISABLED !== 'true' ? `sent to ${endpoint}` : 'off'
}

interface Details {
  readonly system: Pick<System, 'urls' | 'managementUrls' | 'servers'>
  readonly page: string
  readonly dataDir: string
  readonly found: Partial<Readonly<Record<StoreName, WhatAndWhy>>>
  readonly auth: boolean
  readonly links: Ready['links']
  /** Where traces are. */
  readonly traces: string
  /** Undefined without keys. */
  readonly logs: boolean | undefined
}

/** What `h` prints. */
export function helpText({ system, page, dataDir, found, auth, links, traces, logs }: Details): string {
  const { urls, managementUrls, servers } = system
  const row = (name: string, text: string) => `  ${name.padEnd(10)} ${text}`
  const metrics = Object.values(managementUrls)
  const services = Object.entries(urls).map(([name, url], i) =>
    row(name, `${url}  metrics ${metrics[i]}/metrics`),
  )
  const stores = Object.entries(servers).map(([name, { port, what }]) => {
    const why = found[name as StoreName]?.why
    return row(name, `port ${port}  ${what}${why ? ` (${why})` : ''}`)
  })
  const keys = `
  h  this help                     o  open the page in a browser
  d  demo: an order on each path   l  the services' logs (${logs ? 'on' : 'off'})
  q  quit
`
  const bearer = auth ? ' -H "authorization: Bearer $TOKEN"' : ''
  return `${logs === undefined ? '' : keys}${linkLines(links).join('\n')}
${[row('page', page), row('traces', traces), ...services, ...stores, row('passwords', join(dataDir, 'secrets.json'))].join('\n')}

Place an order, and see where it stands:${auth ? `\n  TOKEN=$(npx pnpm@12 -s sign-in --role operator)` : ''}
  curl -i ${page}/orders -H 'content-type: application/json'${bearer} \\
    -d '{"branchId":1,"sauceId":2,"qty":3,"price":4000}'
  curl ${page}/orderDashboards${bearer}
`
}
