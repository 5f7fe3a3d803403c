/** What a key press does. */
export type KeyAction =
  | 'find'
  | 'filter'
  | 'help'
  | 'next'
  | 'previous'
  | 'board'
  | 'overdue'
  | 'deliveries'
  | 'operations'

/** Keys that are pressed one after the other are written as one text. */
export const keyActions = {
  '/': 'filter',
  j: 'next',
  k: 'previous',
  'g b': 'board',
  'g o': 'overdue',
  'g d': 'deliveries',
  'g p': 'operations',
  '?': 'help',
} as const satisfies Record<string, KeyAction>

export interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** The second key of two comes within this time. */
const betweenMs = 1500

/** Turns key presses into actions. (key-steps.test) */
export function openKeyReader() {
  let first: { readonly key: string; readonly at: number } | undefined
  /**
   * @param isFree whether single keys have a meaning: not while somebody types, and not where they are switched off
   * @param now in ms
   */
  return function actionOf(
    { key, ctrlKey, metaKey, altKey }: PressedKey,
    isFree: boolean,
    now: number,
  ): KeyAction | undefined {
    const before = first && now - first.at < betweenMs ? first.key : undefined
    first = undefined
    if (key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !altKey) return 'find'
    if (ctrlKey || metaKey || altKey || !isFree) return undefined
    const keys = before === undefined ? key : `${before} ${key}`
    if (Object.hasOwn(keyActions, keys)) return keyActions[keys as keyof typeof keyActions]
    if (key === 'g') first = { key, at: now }
    return undefined
  }
}
