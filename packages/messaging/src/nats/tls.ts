import { ErrorCode, NatsError, type TlsOptions } from 'nats'
import { oneLine } from '../log.ts'
import { type CertificateFiles, certificatesIn } from '../tls/certificate-files.ts'

/**
 * TLS for nats.js, which ignores the scheme of a URL: with `tls://` or with files it connects to no server without TLS,
 * and so tells it no password.
 * @throws when a file cannot be read
 */
export function brokerTls(url: string, files: CertificateFiles = {}): { tls?: TlsOptions } {
  const isDemanded = url.includes('tls://') || Object.values(files).some((file) => file !== undefined)
  if (!isDemanded) return {}
  const certificates = certificatesIn(files)
  // Read for each connection, and so from the present files.
  const tls = {
    get secureContext() {
      return certificates().secureContext
    },
  }
  return { tls: tls as TlsOptions }
}

/** Why a dial failed, for the log. */
export const dialFailureOf = (error: Error): string =>
  error instanceof NatsError && error.code === ErrorCode.ServerOptionNotAvailable
    ? 'TLS is demanded, and the server offers none'
    : oneLine(error)
