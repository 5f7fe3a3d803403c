import { sharedResult } from '@saucery/chassis/async/shared-result'
import type { RunningDrill } from '@saucery/chassis/drills/drill-store'
import { type DrillRequest, drillIdOf, drillKinds, ownerOf, ownerOfId } from '@saucery/chassis/drills/kinds'
import { notOffered } from '@saucery/chassis/drills/routes'
import { orNotFound, ProblemError } from '@saucery/chassis/http/problem'
import type { Caller } from '@saucery/contracts/access/scope'
import type { Authenticator } from '../auth/authenticate.ts'
import { problemOf } from '../proxy/failures.ts'
import type { Upstream } from '../proxy/upstreams.ts'
import type { GatewaySettings } from '../settings.ts'
import { askUpstream } from './ask.ts'
import { callService, ownTokens } from './call.ts'
import type { Drill } from './drill-routes.ts'
import { openFreezer } from './freezer.ts'

/** So long all callers share the list. */
const keepMs = 1000

interface DrillDeps {
  readonly upstreams: readonly Upstream[]
  readonly authenticator: Authenticator
  readonly settings: GatewaySettings
}

/** The drills of all services, each of which keeps its own, and the frozen servers. */
export function openDrills({ upstreams, authenticator, settings }: DrillDeps) {
  const isOn = settings.DRILLS === 'on'
  const tokenFor = ownTokens(settings)
  const freezer = openFreezer(settings.FREEZE_FILE)
  const kinds = isOn ? drillKinds.filter((kind) => kind !== 'frozen' || freezer !== undefined) : []

  async function ofService({ name, ...upstream }: Upstream): Promise<readonly RunningDrill[]> {
    const path = `/operations/${name}/drills`
    const asked = await askUpstream<{ items: RunningDrill[] }>(upstream, path, await tokenFor(name))
    return 'found' in asked ? asked.found.items : []
  }
  const readAll = sharedResult(
    async () => {
      const found = await Promise.all([...upstreams.map(ofService), freezer?.present() ?? []])
      return { drills: found.flat(), at: performance.now() }
    },
    () => keepMs,
  )

  async function atOwner(owner: Upstream['name'], path: string, caller: Caller, body?: unknown) {
    const upstream = upstreams.find(({ name }) => name === owner) as Upstream
    const callerToken = await authenticator.callerTokenFor(caller, owner)
    const call = { method: 'POST', path: `/operations/${owner}/drills${path}`, body, callerToken } as const
    const { status } = await callService(upstream, call).catch((error) => {
      throw new ProblemError({ ...problemOf(error, owner), status: 503 })
    })
    if (status === 404) throw drillsOff
    if (status !== 200) throw new ProblemError(notKept)
  }

  const requireOn = () => {
    if (!isOn) throw drillsOff
  }
  return {
    async list() {
      if (!isOn) return { enabled: false, kinds: [], items: [] }
      const { drills, at } = await readAll()
      const items = drills.map((drill) => toDrill(drill, performance.now() - at))
      return { enabled: true, kinds: [...kinds], items: items.filter(({ secondsLeft }) => secondsLeft > 0) }
    },
    async begin(request: DrillRequest, caller: Caller): Promise<Drill> {
      requireOn()
      const owner = ownerOf(request)
      if (owner) await atOwner(owner, '', caller, request)
      else if (request.kind === 'frozen' && freezer) await freezer.begin(request)
      else throw notOffered(request.kind)
      const leftMs = request.forSeconds * 1000
      return toDrill({ id: drillIdOf(request), request, leftMs, placed: 0, refused: 0 }, 0)
    },
    async end(id: string, caller: Caller): Promise<void> {
      requireOn()
      // Not by the list: a service that does not answer just now is not in it.
      const owner = orNotFound(ownerOfId(id))
      if (owner === 'none') await freezer?.end(id)
      else await atOwner(owner, `/${id}/end`, caller, {})
    },
  }
}

const drillsOff = new ProblemError({ status: 409, code: 'drills-off', title: 'Drills are off here' })

const notKept = {
  status: 503,
  code: 'store-unavailable',
  title: 'The drill could not be stored; try again',
} as const

/** @param ageMs how long ago it was read */
function toDrill({ id, request, leftMs, placed, refused }: RunningDrill, ageMs: number): Drill {
  const left = Math.max(0, leftMs - ageMs)
  const { forSeconds: _, ...asked } = request
  return {
    ...asked,
    id,
    until: new Date(Date.now() + left).toISOString(),
    secondsLeft: Math.ceil(left / 1000),
    ...(request.kind === 'load' && { placed, refused }),
  } as Drill
}
