import postgres, { type Options, type Sql } from 'postgres'

/**
 * One connection to a primary, whatever the environment says.
 * (admin-client.int.test; local's environment.int.test: "a start where everything is different")
 */
export function openAdminClient(url: string, options: Options<Record<string, never>> = {}): Sql {
  const { hostname, port } = new URL(url)
  // postgres.js takes `[` for the host of `[::1]`.
  const address = hostname.startsWith('[') && { host: hostname.slice(1, -1), port: Number(port || 5432) }
  return postgres(url, {
    max: 1,
    onnotice: () => {},
    // Else it reads PGTARGETSESSIONATTRS, and throws for `any`, the default of libpq.
    target_session_attrs: 'primary',
    ...address,
    ...options,
  })
}
