import { computed, signal } from '@preact/signals'
import { openClient } from '@saucery/client/client'
import { onceIfUnanswered } from '@saucery/client/retry'
import type { Action, Me } from '@saucery/client/schemas'
import { dropValue, keepValue, keptValue } from './storage.ts'
import { problemWith } from './token-text.ts'

const key = 'token'

/** A token that cannot be sent would make each call fail, before the page could ask for another one. */
function keptToken(): string | undefined {
  const kept = keptValue(key)
  if (kept === undefined || problemWith(kept) === undefined) return kept
  dropValue(key)
  return undefined
}

/** The bearer token. Only this tab has it, until the tab is closed. */
export const token = signal(keptToken())

/** The caller; undefined until the gateway has answered. */
export const me = signal<Me | undefined>(undefined)

/** Equal in the pages of a browser whose callers may see the same orders: a branch is confined to its own. */
export const audience = computed(() => {
  const { role, branchId = '' } = me.value ?? {}
  return `${new URL('.', document.baseURI).href} ${role} ${branchId}`
})

/** Why a sign-in is needed; undefined while none is. */
export const signInNeeded = signal<string | undefined>(undefined)

/** Whether the caller's role permits this. It only hides buttons: the services decide. */
export const may = (action: Action): boolean => me.value?.may.includes(action) ?? false

/** @param value one that can be sent (token-text.ts) */
export function signInWith(value: string): void {
  keepValue(key, value)
  token.value = value
  signInNeeded.value = undefined
}

export function signOut(why = ''): void {
  dropValue(key)
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
  onUnauthorized: ({ message }) => signOut(token.value === undefined ? '' : message),
})
