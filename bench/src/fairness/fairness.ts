import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openAgentFetch } from '@saucery/client/agent-fetch'
import type { ServiceName } from '@saucery/local/system/service-ports'
import { replicasOf } from '@saucery/system/support/replicas'
import { argumentsOrExit, type BenchContext, runBench } from '../run/run-bench.ts'
import { withSystem } from '../run/with-system.ts'
import type { Contention, LoadTarget } from './contention.ts'
import { contentions } from './contentions/index.ts'
import { measureFairness } from './measure-fairness.ts'
import { fairnessTable } from './table.ts'

const usage = `Usage: npx pnpm@12 bench:fairness [options] [contention …]

Measures what a modest client gets alone, beside a greedy one, and after it. Without a name, every contention runs:

${Object.entries(contentions)
  .map(([name, { promise }]) => `  ${name.padEnd(12)} ${promise}\n`)
  .join('')}
  --replicas N  of each service: 1, 2, or 1,2 for both (1,2)
  --seconds N   length of each of the three phases (20)
  --help
`

const options = argumentsOrExit(usage, readOptions)

await runBench(async (context) => {
  const runs = []
  for (const [name, contention] of options.chosen)
    for (const replicas of options.replicas) {
      context.say(`${name}, ${replicas} of each service: ${contention.promise}`)
      runs.push({ name, replicas, ...(await runContention(context, contention, replicas)) })
    }
  return `${context.machine([])}\n\n${fairnessTable(runs)}`
})

/** On a system of its own. */
function runContention(context: BenchContext, contention: Contention, replicas: number) {
  const settings = contention.env ? { settings: contention.env } : {}
  const start = { connections: Number.POSITIVE_INFINITY, env: { ...process.env, ...contention.env } }
  return withSystem(context, start, async ({ system, folder, say, signal }) => {
    const dataDir = join(folder, 'data')
    const [modest, greedy] = [openAgentFetch(), openAgentFetch()]
    const measure = (url: string, programs: LoadTarget['programs']) => {
      const fetch = { modest: modest.fetch, greedy: greedy.fetch }
      const target: LoadTarget = { url, system, dataDir, programs, fetch, say, signal }
      return measureFairness(contention, target, options.seconds * 1000)
    }
    try {
      if (replicas === 1) return await measure(system.urls.gateway, (name) => [system.services[name]])
      await using pair = await replicasOf({ ...system, dataDir, ...settings })
      const programs = (name: ServiceName) =>
        pair.replicas.filter((replica) => replica.name === name).map(({ program }) => program)
      return await measure(pair.url, programs)
    } finally {
      modest.close()
      greedy.close()
    }
  })
}

/** @throws when an argument is unknown */
function readOptions(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      replicas: { type: 'string', default: '1,2' },
      seconds: { type: 'string', default: '20' },
    },
  })
  if (!/^[12](,[12])?$/.test(values.replicas))
    throw new Error(`--replicas is not 1, 2 or 1,2: ${values.replicas}`)
  if (!/^[1-9]\d{0,3}$/.test(values.seconds))
    throw new Error(`--seconds is not a whole number above 0: ${values.seconds}`)
  const unknown = positionals.find((name) => !(name in contentions))
  if (unknown) throw new Error(`There is no contention ${unknown}`)
  const isChosen = ([name]: [string, Contention]) => positionals.length === 0 || positionals.includes(name)
  return {
    chosen: Object.entries(contentions).filter(isChosen),
    replicas: values.replicas.split(',').map(Number),
    seconds: Number(values.seconds),
  }
}
