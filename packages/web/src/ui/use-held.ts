import type { RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { heldRows } from './held-rows.ts'

const canHover = globalThis.matchMedia?.('(hover: hover)').matches ?? false

/** Whether somebody is about to press something in the list: then nothing in it may move. */
const isInUse = (list: HTMLElement | null): boolean =>
  list !== null && ((canHover && list.matches(':hover')) || list.contains(document.activeElement))

/**
 * The rows of a list that holds still under the pointer and the keyboard's focus.
 * @param list gets `release` as its `onPointerLeave` and `onFocusOut`
 * @param of what the list is of: another one is shown at once
 */
export function useHeld<T>(
  list: RefObject<HTMLElement | null>,
  found: readonly T[],
  keyOf: (item: T) => string,
  of = '',
) {
  const [, renderAgain] = useState({})
  const shown = useRef({ of, found })
  if (shown.current.of !== of || !isInUse(list.current)) shown.current = { of, found }
  const release = () => setTimeout(renderAgain, 0, {})
  return { ...heldRows(shown.current.found, found, keyOf), release }
}
