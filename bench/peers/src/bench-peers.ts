import { writeFile } from 'node:fs/promises'
import { argumentsOrExit, type BenchContext, runBench } from '@saucery/bench/run/run-bench'
import { measurePeer, type PeerFigures } from './measure/measure-peer.ts'
import { readPeerOptions, usage } from './options.ts'
import type { Peer } from './peer.ts'
import { peers } from './peers/index.ts'
import { peersReport } from './report/peers-table.ts'
import { withPeer } from './run/with-peer.ts'

const options = argumentsOrExit(usage, readPeerOptions)

await runBench(async (context) => {
  const stores = new Set<string>()
  const left: string[] = []
  const chosen = options.peers.flatMap((name) => {
    const { missing = () => undefined, ...peer }: Peer = peers[name]
    const reason = missing()
    if (reason !== undefined) left.push(`${peer.title} was left out: ${reason}.`)
    return reason === undefined ? [{ ...peer, name, rounds: [] as (PeerFigures | undefined)[] }] : []
  })
  for (let round = 1; round <= options.rounds; round += 1)
    for (const peer of chosen) {
      context.say(`Round ${round} of ${options.rounds}: ${peer.title}`)
      peer.rounds.push(await measureOnce(context, peer, stores))
    }
  const machine = context.machine([...stores])
  const report = chosen.map(({ name, title, less, rounds }) => ({ name, title, less, rounds }))
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ machine, options, peers: report, left }, null, 2)}\n`)
  return `${machine}\n\n${peersReport(report, left)}`
})

function measureOnce(context: BenchContext, peer: Peer, stores: Set<string>): Promise<PeerFigures> {
  return withPeer(peer, context, (running) => {
    for (const store of running.peer.stores) stores.add(store)
    const size = { ...options, sweeps: peer.sweeps ?? false }
    return measurePeer(running, size, (line) => context.say(`  ${line}`))
  })
}
