import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'

/** Paths of PEM files. Without `ca` the authorities are those that Node knows. */
export interface CertificateFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

export interface Certificates {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly secureContext: SecureContext
}

/**
 * The certificates in these files, which are read again at every call: a renewed one counts without a restart. While a
 * file is missing or broken, as when it is half written, the last ones stay.
 * (certificate-files.test: "takes renewed certificates, and not broken ones")
 * @throws at first, when a file cannot be read or is no certificate or key
 */
export function certificatesIn(files: CertificateFiles): () => Certificates {
  let last = load(files)
  return () => {
    try {
      const read = texts(files)
      if (read.ca !== last.ca || read.cert !== last.cert || read.key !== last.key) last = load(files)
    } catch {}
    return last
  }
}

function load(files: CertificateFiles): Certificates {
  const read = texts(files)
  // Of an empty file and of a broken list of authorities OpenSSL makes nothing, without an error.
  for (const text of [read.ca, read.cert]) if (text !== undefined) new X509Certificate(text)
  return { ...read, secureContext: createSecureContext(read) }
}

const texts = (files: CertificateFiles): Omit<Certificates, 'secureContext'> =>
  Object.fromEntries(
    Object.entries(files).flatMap(([name, path]) =>
      path === undefined ? [] : [[name, readFileSync(path, 'utf8')]],
    ),
  )

// Node's names of what OpenSSL finds wrong with a certificate, and its own. https://nodejs.org/api/tls.html#x509-certificate-error-codes
const codes =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$)/

/** Whether the two sides could not agree on TLS. An operator mends that, so it is an outage, not a fault of the call. */
export const isTlsError = (error: unknown): boolean =>
  error instanceof Error && codes.test(String((error as { code?: unknown }).code ?? ''))
