import { streams } from '@saucery/contracts/choreography'
import { type BrokerLogin, connectOnce } from '@saucery/messaging/nats/connection'
import { deadLettersStream, provisionStream } from '@saucery/messaging/nats/streams'
import { isTlsError } from '@saucery/messaging/tls/certificate-files'
import { ErrorCode, NatsError } from 'nats'

type Provisioner = Omit<BrokerLogin, 'name'>

/** Creates the streams, or brings them up to date, before the services start. */
export async function provision(login: Provisioner, replicas: number): Promise<void> {
  const connection = await connectOnce({ ...login, name: 'provisioner' })
  try {
    const jsm = await connection.jetstreamManager({ checkAPI: false })
    await Promise.all([...streams, deadLettersStream].map((spec) => provisionStream(jsm, spec, replicas)))
  } finally {
    await connection.close()
  }
}

// JetStream's error codes while a cluster forms: no suitable peers, no leader yet.
const clusterForms = new Set([10005, 10008])

/**
 * Whether waiting helps: the server is away, has no address yet, is not ready, or has a certificate that is not
 * trusted. A request that it refused, it will refuse again.
 */
export function isTemporary(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // In a cluster a pod's name has an address only when the pod has one.
    if (isTlsError(cause) || (cause as NodeJS.ErrnoException).syscall === 'getaddrinfo') return true
    if (cause instanceof NatsError)
      return cause.api_error
        ? clusterForms.has(Number(cause.api_error.err_code)) || cause.api_error.code === 503
        : cause.code !== ErrorCode.AuthorizationViolation && cause.code !== ErrorCode.PermissionsViolation
  }
  return false
}
