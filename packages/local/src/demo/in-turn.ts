import type { Print } from '@saucery/servers/process/child'

interface Turn {
  readonly print: Print
  /** Lets the next one print. */
  done(): void
}

interface Waiting {
  readonly lines: string[]
  isDone: boolean
}

/** Printers for work that goes on at once: each prints when all before it are done, and what it had before then at once. */
export function inTurn(count: number, print: Print): readonly Turn[] {
  const turns = Array.from({ length: count }, (): Waiting => ({ lines: [], isDone: false }))
  const flush = () => {
    for (const turn of turns) {
      for (const line of turn.lines.splice(0)) print(line)
      if (!turn.isDone) return
    }
  }
  return turns.map((turn) => ({
    print(line) {
      turn.lines.push(line)
      flush()
    },
    done() {
      turn.isDone = true
      flush()
    },
  }))
}
