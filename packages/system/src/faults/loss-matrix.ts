import { join } from 'node:path'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { type LossCase, type LossOutcome, loseAPart, losses } from '@saucery/messaging/testing/broker-loss'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { lossTable } from './loss-table.ts'

const usage = `Usage: npx pnpm@12 matrix [words…]

Prints the table of docs/broker-loss.md. With words, only the cases whose description has them all.
`

const versions = ['2.10.26', '2.12.15', '2.15.1']
const kinds = Object.keys(losses) as LossCase['lost'][]

const print = (line: string) => process.stderr.write(`${line}\n`)
const words = readCommandLine(usage, {}, (_, given) => given, { takesWords: true })

const cases = versions.flatMap((version) =>
  ([1, 3] as const).flatMap((servers) =>
    kinds.flatMap((lost) =>
      [false, true].flatMap((isUnderLoad): LossCase[] => {
        const seen = { version, servers, lost, isUnderLoad }
        const canBeUnseen = servers === 3 && (lost === 'stream' || lost === 'dead letters')
        return canBeUnseen ? [seen, { ...seen, isUnseen: true }] : [seen]
      }),
    ),
  ),
)

const folder = await tempFolder()
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), print })
process.env.TEST_POSTGRES_URL = postgres.url
const outcomes: (readonly [LossCase, LossOutcome])[] = []
try {
  for (const one of cases.filter((one) => words.every((word) => JSON.stringify(one).includes(word)))) {
    const lose = () => loseAPart(one, { withinMs: 120_000 })
    // A cluster that does not come up says nothing about its loss.
    const outcome = await lose().catch((error) => {
      print(`${JSON.stringify(one)} is tried again: ${error}`)
      return lose()
    })
    print(`${JSON.stringify(one)} ${JSON.stringify(outcome)}`)
    outcomes.push([one, outcome])
  }
} finally {
  await postgres.stop()
  await removeTempFolder(folder)
}
process.stdout.write(lossTable(versions, outcomes))
