import type { Drill } from '@saucery/client/schemas'

const withPostgres = ['order', 'payment', 'delivery']
/** The services that need a server. */
const behind = {
  nats: [...withPostgres, 'dashboard'],
  postgres: withPostgres,
  mongodb: ['dashboard'],
} as const

/** The services that do not work as they would without the drill. */
export function servicesIn({
  kind,
  service,
  server,
}: Pick<Drill, 'kind' | 'service' | 'server'>): readonly string[] {
  if (kind === 'handler-throws') return service ? [service] : []
  if (kind === 'frozen') return behind[server as keyof typeof behind]
  if (kind === 'load') return ['order']
  return [kind === 'deliveries-fail' ? 'delivery' : 'payment']
}
