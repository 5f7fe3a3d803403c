import { useEffect } from 'preact/hooks'

/** Names the tab, so that several of them can be told apart. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Saucery`
  }, [title])
}
