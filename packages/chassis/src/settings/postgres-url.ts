import { sslModeOf, sslModes } from '@saucery/messaging/postgres/tls'
import { z } from 'zod'

const example = 'postgres://user:password@host:5432/database'

/** `postgres://`, with role, password and database. */
export const postgresUrl = z
  .url({
    protocol: /^postgres(ql)?$/,
    error: `must be such as ${example}; in a password / is written as %2F, and % as %25`,
  })
  .refine((url) => !URL.canParse(url) || canDecode(url), 'has a % that is not written as %25')
  .refine(
    (url) => !URL.canParse(url) || sslModes.includes(sslModeOf(url)),
    `its sslmode must be one of ${sslModes.join(', ')}`,
  )

function canDecode(url: string): boolean {
  const { username, password, pathname } = new URL(url)
  try {
    decodeURIComponent(`${username}${password}${pathname}`)
    return true
  } catch {
    return false
  }
}
