/** Runs a bench, then ends the process: with 0, with 1 and what failed, or with 130 where it was interrupted. */
export async function runAndExit(interrupted: AbortSignal, run: () => Promise<void>): Promise<never> {
  try {
    await run()
    process.exit(0)
  } catch (error) {
    if (interrupted.aborted) process.exit(130)
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}
