import Table from 'cli-table3'

const nothing = Object.fromEntries(
  ['top', 'bottom', 'mid', 'left', 'right']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
    .map((part) => [part, '']),
)

/** Rows in columns, as wide as their longest cell; without lines, so that `cut` and `awk` read them as well. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const made = new Table({
    chars: { ...nothing, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: [...head],
  })
  made.push(...rows.map((row) => row.map(String)))
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** A span of time in its largest unit: 312 ms, 4.2 s, 3 min, 5 h, 2 d. */
export function span(ms: number): string {
  if (ms < 0) return `-${span(-ms)}`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`
}

/** The time of day of an event, and its day if that is not today. */
export function when(time: string, now = new Date()): string {
  const at = new Date(time)
  const clock = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`
  return at.toDateString() === now.toDateString() ? clock : `${at.toISOString().slice(0, 10)} ${clock}`
}
