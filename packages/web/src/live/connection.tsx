import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Connection } from './live.ts'

/** How the feed of the page that is shown is connected; undefined where there is none. */
const connection = signal<Connection | undefined>(undefined)

/** Shows the connection of a page as long as the page is shown. */
export function useConnection({ value }: ReadonlySignal<Connection>): void {
  useEffect(() => {
    connection.value = value
  }, [value])
  useEffect(
    () => () => {
      connection.value = undefined
    },
    [],
  )
}

const texts: Record<Connection, string> = {
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'Reconnecting…',
  off: 'Not live',
}

export function ConnectionMark() {
  const state = connection.value
  return (
    <span class={`connection ${state ?? 'none'}`} role="status">
      {state && texts[state]}
    </span>
  )
}
