import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { busy, machine } from '../report/report.ts'
import { runAndExit } from '../run-and-exit.ts'
import { withSystem } from '../running.ts'
import { experiment } from './experiment.ts'
import { breakerTable } from './report.ts'

// The experiment of the sample that this descends from: a slow payment, and many clients who insist on it.
const settings = {
  PAYMENT_MODE: 'sync',
  PAYMENT_DELAY_MS: '400',
  PAYMENT_DELAY_JITTER_MS: '300',
  // One in thirty is late by the delay alone, one in six on two cores: at the default of 50 only a busy machine opens it.
  PAYMENT_BREAKER_ERROR_PERCENT: '15',
}
const plan = { clients: 100, aloneMs: 8_000, togetherMs: 40_000 }

const { stdout, stderr } = process
const say = (text: string) => void stderr.write(`${text}\n`)
const interrupted = abortOnInterrupt(say)

const before = busy()
await runAndExit(interrupted, async () => {
  const folder = await tempFolder()
  try {
    // What is set for this process wins, so that other figures can be tried.
    const env = { ...settings, ...process.env }
    const options = { folder, env, say, signal: interrupted }
    const result = await withSystem(1, options, (system) => experiment(system.urls, plan, say))
    stdout.write(`\n${machine([`${before} before`])}\n\n${breakerTable(result)}`)
  } finally {
    await removeTempFolder(folder)
  }
})
