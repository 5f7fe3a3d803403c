import { batch, computed, signal } from '@preact/signals'
import type { Action, Me } from './types.ts'

const key = 'token'

/** The bearer token: for as long as this tab is open, and in no other. */
export const token = signal(sessionStorage.getItem(key) ?? undefined)

/** Who is signed in; undefined until the gateway has said so. */
export const me = signal<Me | undefined>(undefined)

/** Why somebody has to sign in; undefined as long as nobody has to. */
export const signInNeeded = signal<string | undefined>(undefined)

const allowed = computed(() => new Set<string>(me.value?.may))

/** Whether whoever is signed in may do this. Signs that services give on their own stay what counts. */
export const may = (action: Action | 'operate'): boolean => allowed.value.has(action)

export function signInWith(value: string): void {
  sessionStorage.setItem(key, value)
  batch(() => {
    token.value = value
    signInNeeded.value = undefined
  })
}

export function signOut(why = ''): void {
  sessionStorage.removeItem(key)
  batch(() => {
    token.value = undefined
    me.value = undefined
    signInNeeded.value = why
  })
}
