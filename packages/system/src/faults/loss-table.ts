import type { LossCase, LossOutcome } from '@saucery/messaging/testing/broker-loss'

type Result = readonly [LossCase, LossOutcome]

/** A Markdown table: a row for what is lost and how, a column for each version. */
export function lossTable(versions: readonly string[], results: readonly Result[]): string {
  const rows = new Map<string, Map<string, string>>()
  for (const [one, outcome] of results) {
    const { servers, lost, isUnderLoad, isUnseen } = one
    const where = servers === 1 ? 'one' : isUnseen ? 'three, unseen by the clients' : 'three'
    const row = `| ${where} | ${lost} | ${isUnderLoad ? 'load' : 'idle'} |`
    rows.set(row, (rows.get(row) ?? new Map()).set(one.version ?? '', cellOf(outcome)))
  }
  const lines = [...rows].map(
    ([row, cells]) => `${row} ${versions.map((version) => `${cells.get(version) ?? ''} |`).join(' ')}`,
  )
  const head = `| servers | lost | | ${versions.join(' | ')} |`
  return [head, `|${'-|'.repeat(3 + versions.length)}`, ...lines, ''].join('\n')
}

function cellOf({ events, poison, tookMs: _, ...missing }: LossOutcome): string {
  const wrong = Object.entries(missing).filter(([, count]) => count > 0)
  if (wrong.length === 0) return `${events - poison} once, ${poison} dead letters`
  return wrong.map(([what, count]) => `**${count} ${what}**`).join(', ')
}
