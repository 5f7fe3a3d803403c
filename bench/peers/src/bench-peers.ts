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
  const failed: string[] = []
  const chosen = []
  for (const name of options.peers) {
    const peer: Peer = peers[name]
    const reason = await peer.prepare?.((line) => context.say(`${peer.title}: ${line}`))
    if (reason === undefined) chosen.push({ ...peer, name, rounds: [] as PeerFigures[] })
    else left.push(`${peer.title} was left out: ${reason}.`)
  }
  for (let round = 1; round <= options.rounds; round += 1)
    for (const peer of chosen) {
      context.say(`Round ${round} of ${options.rounds}: ${peer.title}`)
      const figures = await measureOnce(context, peer, stores).catch((error: unknown) => {
        context.signal.throwIfAborted()
        // The other peers are still worth measuring.
        failed.push(
          `${peer.title} failed in round ${round}: ${error instanceof Error ? error.message : error}`,
        )
        return {}
      })
      peer.rounds.push(figures)
    }
  const machine = context.machine([...stores])
  const report = chosen.map(({ name, title, less, rounds }) => ({ name, title, less, rounds }))
  if (options.json !== undefined)
    await writeFile(
      options.json,
      `${JSON.stringify({ machine, options, peers: report, left, failed }, null, 2)}\n`,
    )
  const text = `${machine}\n\n${peersReport(report, left)}`
  if (failed.length === 0) return text
  process.stdout.write(`\n${text}`)
  throw new Error(failed.join('\n'))
})

function measureOnce(context: BenchContext, peer: Peer, stores: Set<string>): Promise<PeerFigures> {
  return withPeer(peer, context, (running) => {
    for (const store of running.peer.stores) stores.add(store)
    const size = { ...options, sweeps: peer.sweeps ?? false }
    return measurePeer(running, size, (line) => context.say(`  ${line}`))
  })
}
