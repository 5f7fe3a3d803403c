import { openClient } from '@saucery/client/client'
import { onceIfUnanswered } from '@saucery/client/retry'
import { signOut, token } from './session.ts'

/** Calls the gateway with this tab's token. A POST that may be lost is sent once more, under the same key. */
export const client = openClient({
  url: document.baseURI,
  token: () => token.value,
  retry: onceIfUnanswered,
  fetch: (url, init) => fetch(url, { ...init, cache: 'no-store' }),
  onUnauthorized: ({ code, message }) => signOut(code === 'not-signed-in' ? '' : message),
})
