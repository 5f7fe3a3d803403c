import type { Drill } from '@saucery/client/schemas'
import type { ServiceRow } from '../build/choreography-table.ts'

/** Whether a service needs a server. Those that publish have their state in Postgres. */
const needs: Readonly<Record<string, (row: ServiceRow) => boolean>> = {
  nats: () => true,
  postgres: ({ stream }) => stream !== undefined,
  mongodb: ({ stream }) => stream === undefined,
}

/** The services that do not work as they would without the drill. */
export function servicesIn(
  { kind, service, server = '' }: Pick<Drill, 'kind' | 'service' | 'server'>,
  table: readonly ServiceRow[],
): readonly string[] {
  if (kind === 'handler-throws') return service ? [service] : []
  if (kind === 'frozen') return table.filter((row) => needs[server]?.(row)).map((row) => row.service)
  if (kind === 'load') return ['order']
  return [kind === 'deliveries-fail' ? 'delivery' : 'payment']
}
