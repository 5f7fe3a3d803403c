// `pnpm experiment:tilt`: tries what `tilt up` promises to whoever changes the code. See deploy/experiments/README.md.
import { argumentsOrExit } from '@saucery/bench/run/run-bench'
import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { findingsTable, isKept } from '../report/finding.ts'
import { buttons } from './buttons.ts'
import { savedFiles } from './saved-files.ts'
import { resources } from './tilt.ts'

const usage = `pnpm experiment:tilt <name> …

Tries the system that \`tilt up\` runs on this machine, and prints a table of findings. Exits with 1 when a promise is
broken, with 2 when it cannot begin, and with 130 when it is interrupted.

  saved-files   saves 100 sources (SAVES=…), alone and in bursts: each must run within seconds. Restores them
  buttons       opens every link, and presses every button

  TILT=…        the program; default: tilt
`
const print = (line: string) => void process.stderr.write(`${line}\n`)
const saves = Number(process.env.SAVES || 100)
const experiments = { 'saved-files': savedFiles.bind(null, saves), buttons }
type Name = keyof typeof experiments

const names = argumentsOrExit(usage, (args) => {
  const unknown = args.find((name) => !(name in experiments))
  if (unknown !== undefined) throw new Error(`unknown experiment: ${unknown}`)
  if (args.length === 0) throw new Error('no experiment is named')
  if (!Number.isInteger(saves) || saves < 1) throw new Error(`SAVES is not a number: ${process.env.SAVES}`)
  return args as Name[]
})

const interrupted = abortOnInterrupt(print)
await resources().catch((error) => {
  print(`Tilt does not answer. Is \`tilt up\` running? ${error}`)
  process.exit(2)
})
let isAllKept = true
for (const name of names) {
  if (interrupted.aborted) break
  const findings = await experiments[name](interrupted, print)
  process.stdout.write(`\n## ${name}\n\n${findingsTable(findings)}\n`)
  isAllKept &&= isKept(findings)
}
process.exit(interrupted.aborted ? 130 : isAllKept ? 0 : 1)
