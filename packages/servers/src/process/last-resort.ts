const running = new Map<number, NodeJS.Signals>()
let watching = false

/** Sends the signal to the process when this one exits without having stopped it. */
export function endWithUs(pid: number, signal: NodeJS.Signals): void {
  running.set(pid, signal)
  if (watching) return
  watching = true
  process.on('exit', endAll)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A signal that nobody handles ends Node without an `exit` event, and would leave the servers behind.
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(1)
    })
  }
}

export function endedBefore(pid: number): void {
  running.delete(pid)
}

function endAll(): void {
  for (const [pid, signal] of running) {
    try {
      process.kill(pid, signal)
    } catch {
      // It is gone already.
    }
  }
}
