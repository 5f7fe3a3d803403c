import { effect } from '@preact/signals'
import type { EventName } from '@saucery/client/schemas'
import { openDots } from './dots.ts'
import { eventStatuses } from './event-statuses.ts'
import type { FlowData } from './flow-data.ts'
import { knownHealth } from './known-health.ts'
import type { FlowLayout } from './layout.ts'
import { pointAt } from './line.ts'
import { openSampler } from './sampler.ts'

const slowMotion = 0.2
/** In pixels a millisecond, and in ms. */
const speed = 0.24
const [leastMs, mostMs] = [450, 1600]
/** The time of the dots stands still while nothing is drawn, at most so long is made up for. */
const mostSkippedMs = 2000
const radius = 4.5
/** The page may change between light and dark. */
const keepColoursMs = 1000

const isDown = (service: string) =>
  knownHealth.peek()?.some((it) => it.service === service && it.state === 'down') ?? false

/**
 * Draws a dot for each event, or of some when there are many, until it is stopped. Frames are drawn only while there
 * are dots.
 * @param layoutNow the layout of the picture below, which may change
 * @returns `draw` has to be called after such a change
 */
export function animateDots(canvas: HTMLCanvasElement, flow: FlowData, layoutNow: () => FlowLayout) {
  const context = canvas.getContext('2d')
  const colours = new Map<EventName | 'ring', string>()
  let colouredAt = 0
  const take = openSampler()
  const lineOf = (edge: string) => layoutNow().edges.find(({ id }) => id === edge)?.line
  const dots = openDots(({ id }) => Math.min(mostMs, Math.max(leastMs, (lineOf(id)?.length ?? 0) / speed)))
  let frame: number | undefined
  let time = 0
  let last = performance.now()

  function advance(): void {
    const now = performance.now()
    if (!flow.isPaused.peek())
      time += Math.min(mostSkippedMs, now - last) * (flow.isSlow.peek() ? slowMotion : 1)
    last = now
  }

  /** What the style sheet says, also where the reader's own colours replace it. */
  function colourOf(name: EventName | 'ring'): string {
    const known = colours.get(name)
    if (known !== undefined) return known
    canvas.style.color = `var(--${name === 'ring' ? 'surface' : eventStatuses[name].toLowerCase()})`
    const { color } = getComputedStyle(canvas)
    colours.set(name, color)
    return color
  }

  function draw(): void {
    if (!context) return
    const { width, height } = layoutNow()
    const scale = Math.min(2, devicePixelRatio) || 1
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h })
    if (last - colouredAt > keepColoursMs) colours.clear()
    if (colours.size === 0) colouredAt = last
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, width, height)
    context.lineWidth = 1.5
    context.strokeStyle = colourOf('ring')
    for (const { edge, name, start, end } of dots.at(time)) {
      const line = lineOf(edge)
      if (!line) continue
      const { x, y } = pointAt(line, (time - start) / (end - start))
      context.beginPath()
      context.arc(x, y, radius, 0, 2 * Math.PI)
      context.fillStyle = colourOf(name)
      context.fill()
      context.stroke()
    }
  }

  function next(): void {
    frame = undefined
    advance()
    draw()
    if (dots.any() && !flow.isPaused.peek()) wake()
  }
  function wake(): void {
    frame ??= requestAnimationFrame(next)
  }

  const endEvents = flow.onEvents((events) => {
    if (flow.isPaused.peek() || document.visibilityState !== 'visible') return
    advance()
    for (const event of events) {
      const way = flow.ways.get(event.name)
      if (way && take(way.first.id, event.orderId, time)) dots.add(event, way, time, isDown)
    }
    if (dots.any()) wake()
  })
  const endPause = effect(() => {
    last = performance.now()
    if (!flow.isPaused.value && dots.any()) wake()
  })
  function hide(): void {
    if (document.visibilityState !== 'visible') dots.clear()
    draw()
  }
  document.addEventListener('visibilitychange', hide)

  return {
    draw,
    stop(): void {
      endEvents()
      endPause()
      document.removeEventListener('visibilitychange', hide)
      if (frame !== undefined) cancelAnimationFrame(frame)
    },
  }
}
