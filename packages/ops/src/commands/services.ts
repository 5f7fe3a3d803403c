import { consumingServices, type Service } from '@saucery/contracts/choreography'
import type { Argv } from 'yargs'

/** The option --service, which may be repeated; all services without it. */
export const serviceOption = <T>(argv: Argv<T>) =>
  argv.option('service', {
    array: true,
    choices: consumingServices,
    default: consumingServices as Service[],
    defaultDescription: 'all',
    describe: 'only this service; may be repeated',
  })
