import { openApi } from './api.ts'
import { signOut, token } from './session.ts'

/** The calls, as whoever is signed in. */
export const api = openApi({
  base: document.baseURI,
  token: () => token.value,
  onSignInNeeded: ({ code, message }) => signOut(code === 'not-signed-in' ? '' : message),
})
