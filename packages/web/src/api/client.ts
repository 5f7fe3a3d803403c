import { signal } from '@preact/signals'
import { openClient } from '@saucery/client/client'
import { onceIfUnanswered } from '@saucery/client/retry'
import type { Action, Me } from '@saucery/client/schemas'

const key = 'token'

/** The bearer token. Only this tab has it, until the tab is closed. */
export const token = signal(sessionStorage.getItem(key) ?? undefined)

/** The caller; undefined until the gateway has answered. */
export const me = signal<Me | undefined>(undefined)

/** Why a sign-in is needed; undefined while none is. */
export const signInNeeded = signal<string | undefined>(undefined)

/** Whether the caller's role permits this. It only hides buttons: the services decide. */
export const may = (action: Action): boolean => me.value?.may.includes(action) ?? false

export function signInWith(value: string): void {
  sessionStorage.setItem(key, value)
  token.value = value
  signInNeeded.value = undefined
}

export function signOut(why = ''): void {
  sessionStorage.removeItem(key)
  token.value = undefined
  me.value = undefined
  signInNeeded.value = why
}

/** Calls the gateway with this tab's token. A POST that may be lost is sent once more, under the same key. */
export const client = openClient({
  url: document.baseURI,
  token: () => token.value,
  retry: onceIfUnanswered,
  fetch: (url, init) => fetch(url, { ...init, cache: 'no-store' }),
  onUnauthorized: ({ code, message }) => signOut(code === 'not-signed-in' ? '' : message),
})
