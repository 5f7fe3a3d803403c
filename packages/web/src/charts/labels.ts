export interface Label {
  /** Its middle, in the chart's own units. */
  readonly x: number
  readonly text: string
}

const gap = 8

/** About how wide a text of 12 px is: letters of Chinese, Japanese and Korean have twice the width of others. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u1100' && letter !== '≤' ? 12 : 6.8), 0)

/** Moves the labels inwards so that none is clipped, and leaves out those that would touch the one before. (labels.test) */
export function fitLabels(labels: readonly Label[], from: number, to: number): Label[] {
  const fitted: Label[] = []
  let end = Number.NEGATIVE_INFINITY
  for (const { x, text } of labels) {
    const half = textWidth(text) / 2
    const middle = Math.max(from + half, Math.min(to - half, x))
    if (middle - half < end + gap) continue
    fitted.push({ x: middle, text })
    end = middle + half
  }
  return fitted
}
