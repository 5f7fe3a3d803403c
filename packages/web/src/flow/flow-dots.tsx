import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { animateDots } from './animate-dots.ts'
import type { FlowData } from './flow-data.ts'
import type { FlowLayout } from './layout.ts'

/** The dots, over the picture with this layout. */
export function FlowDots({ flow, layout }: { flow: FlowData; layout: FlowLayout }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const current = useRef(layout)
  const animation = useRef<ReturnType<typeof animateDots>>(undefined)
  current.current = layout
  useLayoutEffect(() => animation.current?.draw(), [layout])
  useEffect(() => {
    const started = animateDots(canvas.current as HTMLCanvasElement, flow, () => current.current)
    animation.current = started
    return () => {
      animation.current = undefined
      started.stop()
    }
  }, [flow])
  return <canvas ref={canvas} />
}
