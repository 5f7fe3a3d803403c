import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** An element's width in whole pixels, which is 0 until it is drawn. `inputs`: what changes it, where the browser cannot tell. */
export function useWidth(element: RefObject<HTMLElement | null>, inputs: readonly unknown[]): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setWidth(element.current?.clientWidth ?? 0)
    measure()
    addEventListener('resize', measure)
    // Some browsers have none.
    const observer = globalThis.ResizeObserver && new ResizeObserver(measure)
    if (element.current) observer?.observe(element.current)
    return () => {
      removeEventListener('resize', measure)
      observer?.disconnect()
    }
  }, inputs)
  return width
}
