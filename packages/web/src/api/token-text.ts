import { t } from '../texts/texts.ts'

/** Longer headers are refused by most servers. */
const maxLength = 8000

/** The token in a text that was pasted, with or without `Bearer` before it. */
export const tokenIn = (text: string): string => text.trim().replace(/^bearer(\s+|$)/i, '')

/** The token in the address of a link that `start` prints. */
export const tokenInLink = (hash: string): string | undefined =>
  /^#\/sign-in\?token=([\w.-]+)$/.exec(hash)?.[1]

/**
 * Why a text cannot be sent as a token; undefined when it can. What can be sent is checked by the gateway alone.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function problemWith(token: string): string | undefined {
  if (token === '') return t.signIn.empty
  const [odd] = /[^\w.~+/=-]/u.exec(token) ?? []
  if (odd !== undefined) return /\s/.test(odd) ? t.signIn.blanks : t.signIn.oddCharacter(odd)
  if (token.length > maxLength) return t.signIn.tooLong(String(maxLength), String(token.length))
  return undefined
}
