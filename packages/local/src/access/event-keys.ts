import { choreography, type Service, serviceContracts } from '@saucery/contracts/choreography'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import { loadOrCreateKey, privatePem, publicPem } from './sign-in.ts'

const publishers = serviceContracts.flatMap(({ service, stream }) => (stream ? [service] : []))

/** The private key of a service that publishes. */
export const eventKeyOf = (dataDir: string, publisher: Service) =>
  loadOrCreateKey(dataDir, `${publisher}-events`)

/** The variables with which a service signs its own events and verifies those of the others. */
export function eventKeyEnv(dataDir: string, service: Service) {
  const trusted = publishers.map((publisher) => [publisher, publicPem(eventKeyOf(dataDir, publisher))])
  return {
    EVENT_PUBLIC_KEYS: JSON.stringify(Object.fromEntries(trusted)),
    ...(choreography[service].stream && { EVENT_SIGNING_KEY: privatePem(eventKeyOf(dataDir, service)) }),
  }
}

/** What every replica of the dashboard seals the resume tokens of its live feed with. */
export const resumeTokenKey = (dataDir: string): string =>
  loadOrCreateSecrets(dataDir, ['resume-tokens'])['resume-tokens']
