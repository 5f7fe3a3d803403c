import { type ReadonlySignal, signal } from '@preact/signals'
import type { LiveConnection } from '@saucery/client/live'
import { useEffect } from 'preact/hooks'
import { t } from '../texts/texts.ts'

/** The feed of the current page; undefined where the page has none. */
const connection = signal<LiveConnection | undefined>(undefined)

/** Shows this connection in the head while the component is mounted. */
export function useConnection({ value }: ReadonlySignal<LiveConnection>): void {
  useEffect(() => {
    connection.value = value
    return () => {
      connection.value = undefined
    }
  }, [value])
}

export function ConnectionMark() {
  const state = connection.value
  return (
    <span class={`connection ${state ?? 'none'}`} role="status">
      {state && t.connection[state]}
    </span>
  )
}
