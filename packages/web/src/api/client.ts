import { computed, signal } from '@preact/signals'
import { openClient } from '@saucery/client/client'
import { onceIfUnanswered } from '@saucery/client/retry'
import type { Action, Me } from '@saucery/client/schemas'
import { problemText } from './problem-text.ts'
import { dropValue, keepValue, keptValue } from './storage.ts'
import { problemWith, tokenInLink } from './token-text.ts'

const key = 'token'

/** A token that cannot be sent would make each call fail, before the page could ask for another one. */
function keptToken(): string | undefined {
  const kept = keptValue(key)
  if (kept === undefined || problemWith(kept) === undefined) return kept
  dropValue(key)
  return undefined
}

/**
 * The token of the link by which this page was opened, which then leaves the address and the history. Only on this
 * machine: elsewhere a link could sign people in as somebody else.
 */
function linkedToken(): string | undefined {
  if (!['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)) return undefined
  const linked = tokenInLink(location.hash)
  if (linked === undefined || problemWith(linked) !== undefined) return undefined
  history.replaceState(null, '', '#/')
  keepValue(key, linked)
  return linked
}

/** The bearer token. Only this tab has it, until the tab is closed. */
export const token = signal(linkedToken() ?? keptToken())

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

// A link that is opened in a tab with the page; heard before the router reads the address.
addEventListener('hashchange', () => {
  const linked = linkedToken()
  if (linked !== undefined) signInWith(linked)
})

/** Calls the gateway with this tab's token. A POST that may be lost is sent once more, under the same key. */
export const client = openClient({
  url: document.baseURI,
  token: () => token.value,
  retry: onceIfUnanswered,
  fetch: (url, init) => fetch(url, { ...init, cache: 'no-store' }),
  onUnauthorized: (refused) => signOut(token.value === undefined ? '' : problemText(refused)),
})
