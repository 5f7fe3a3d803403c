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
  if (token === '') return 'Paste a token.'
  const [odd] = /[^\w.~+/=-]/u.exec(token) ?? []
  if (odd !== undefined && /\s/.test(odd))
    return 'A token has no spaces or line breaks. Copy it alone, as one line.'
  if (odd !== undefined) return `A token does not contain “${odd}”. Copy it again, and nothing else with it.`
  if (token.length > maxLength)
    return `A token has at most ${maxLength} characters, and this has ${token.length}.`
  return undefined
}
