import type { Argv } from 'yargs'

/** The services that consume events, and so can have dead letters and compare their state with the streams. */
export const consumingServices = ['order', 'payment', 'delivery', 'dashboard'] as const
export type OpsService = (typeof consumingServices)[number]

/** The option --service, which may be repeated; all services without it. */
export const serviceOption = <T>(argv: Argv<T>) =>
  argv.option('service', {
    array: true,
    choices: consumingServices,
    default: [...consumingServices] as OpsService[],
    defaultDescription: 'all',
    describe: 'only this service; may be repeated',
  })
