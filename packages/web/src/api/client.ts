import { computed, signal } from '@preact/signals'
import { openClient } from '@saucery/client/client'
import { onceIfUnanswered } from '@saucery/client/retry'
import type { Action, Me } from '@saucery/client/schemas'
import { openChannel } from './channel.ts'
import { answerTabs, askForToken } from './hand-over.ts'
import { problemText } from './problem-text.ts'
import { dropValue, keepValue, keptValue } from './storage.ts'
import { problemWith, tokenInLink } from './token-text.ts'

const key = 'token'
/** Kept in a tab whose user signed out: it does not ask the other tabs. */
const leftKey = 'signed-out'

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

/** The bearer token. Only tabs have it, until they are closed; a new one asks the others. */
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
  dropValue(leftKey)
  // What is shown belongs to the caller before.
  me.value = undefined
  token.value = value
  signInNeeded.value = undefined
}

/** What is sent with the token of a caller who signs out. */
export const beforeSignOut = new Set<() => void>()

export function signOut(why = ''): void {
  for (const send of beforeSignOut) send()
  if (why === '' && token.value !== undefined) keepValue(leftKey, 'yes')
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

const tabs = openChannel(`sign-in ${new URL('.', document.baseURI).href}`)

let seen = Date.now()
document.addEventListener('visibilitychange', () => {
  seen = Date.now()
})
if (tabs)
  answerTabs(
    tabs,
    () => (me.value && me.value.signIn !== 'off' ? token.value : undefined),
    () => (document.visibilityState === 'visible' ? Date.now() : seen),
  )

let hasAsked = false

/** A tab without a token signs in with that of another tab, if there is one; otherwise a person has to. */
async function signInByTabs(): Promise<void> {
  if (tabs && !hasAsked && keptValue(leftKey) === undefined) {
    hasAsked = true
    const found = await askForToken(tabs)
    if (token.value !== undefined) return
    if (found !== undefined) return signInWith(found)
  }
  signOut()
}

/** Calls the gateway with this tab's token. A POST that may be lost is sent once more, under the same key. */
export const client = openClient({
  url: document.baseURI,
  token: () => token.value,
  // The page shows an answer that is no success at once, and has its own loops.
  retry: { post: onceIfUnanswered },
  // A POST goes on when its page is left.
  fetch: (url, init) => fetch(url, { ...init, cache: 'no-store', keepalive: init.method === 'POST' }),
  onUnauthorized: (refused) =>
    token.value === undefined ? void signInByTabs() : signOut(problemText(refused)),
})
