/** The page of an order with this event opened. */
export const eventAddress = (orderId: string, eventId: string): string =>
  `#/orders/${orderId}?event=${encodeURIComponent(eventId)}`

/** Prints the message of the stream. */
export const natsCommand = (stream: string, sequence: number): string =>
  `nats stream get ${stream} ${sequence}`

/**
 * Prints the order's document.
 * @param base the address of the API
 * @param isSignedIn the shell's `TOKEN` is sent: the page's own belongs into no command that is passed on
 */
export function curlCommand(base: string, orderId: string, isSignedIn: boolean): string {
  const url = new URL(`orderDashboards/${orderId}`, base).href
  return `curl -s${isSignedIn ? ' -H "Authorization: Bearer $TOKEN"' : ''} ${quoted(url)}`
}

/** A base URL may have any path; in single quotes a shell takes it as it is. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
