import type { Child } from '@saucery/servers/process/child'
import type { PeerPlace, RunningPeer } from '../peer.ts'
import { killAll, type PeerStores } from './peer-stores.ts'
import { type Program, startProgram } from './program.ts'

/** Starts a peer's programs one after the other, so that each finds what the earlier ones have made. */
export async function startParts(
  { say }: PeerPlace,
  { servers }: PeerStores,
  programs: readonly Omit<Program, 'say'>[],
): Promise<Pick<RunningPeer, 'processes' | 'stores' | 'kill'>> {
  const parts: Record<string, Child> = {}
  const kill = async () => {
    await killAll(Object.values(parts))
    await killAll(Object.values(servers))
  }
  try {
    for (const program of programs) parts[program.name] = await startProgram({ ...program, say })
    const stores = Object.values(servers).map(({ what }) => what)
    return { processes: { ...parts, ...servers }, stores, kill }
  } catch (error) {
    await kill()
    throw error
  }
}
