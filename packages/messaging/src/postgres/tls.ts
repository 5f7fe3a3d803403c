import { certificatesIn } from '../tls/certificate-files.ts'

/** How much of TLS a URL may demand, in libpq's words; `prefer` and `allow` demand nothing. */
export const sslModes: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full']

export const sslModeOf = (url: string): string => {
  const { searchParams } = new URL(url)
  return searchParams.get('sslmode') ?? (searchParams.has('sslrootcert') ? 'verify-full' : 'disable')
}

/**
 * Takes libpq's parameters for TLS (`sslmode`, `sslrootcert`, `sslcert`, `sslkey`) out of the URL, and makes of them what
 * postgres.js needs. It does not know the files, and would check the name of any host that is an IP address wrong.
 * (tls.int.test: "is reached at … with a certificate for it")
 * @param text its mode is one of `sslModes`
 * @throws when a file cannot be read
 */
export function postgresTls(text: string): { url: string; ssl?: object } {
  const url = new URL(text)
  const take = (name: string) => {
    const value = url.searchParams.get(name) ?? undefined
    url.searchParams.delete(name)
    return value
  }
  const mode = sslModeOf(text)
  const [, root, cert, key] = [take('sslmode'), take('sslrootcert'), take('sslcert'), take('sslkey')]
  if (mode === 'disable') return { url: url.href }
  const certificates = certificatesIn({ ca: root === 'system' ? undefined : root, cert, key })
  const trust =
    // With an authority `require` means `verify-ca`, as in libpq.
    mode === 'require' && root === undefined
      ? { rejectUnauthorized: false }
      : mode === 'require' || mode === 'verify-ca'
        ? { checkServerIdentity: () => undefined }
        : // For an IP address postgres.js names no host.
          { host: url.hostname.replace(/^\[|\]$/g, '') }
  return {
    url: url.href,
    // postgres.js copies it for each connection, and so has the present certificates.
    ssl: {
      ...trust,
      get secureContext() {
        return certificates().secureContext
      },
    },
  }
}
