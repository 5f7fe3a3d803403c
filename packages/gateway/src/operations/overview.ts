import { sharedResult } from '@saucery/chassis/async/shared-result'
import { authorize } from '@saucery/chassis/auth/authorize'
import type { Caller } from '@saucery/contracts/access/scope'
import type { Handler } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Upstream } from '../proxy/upstreams.ts'
import { askUpstream } from './ask.ts'
import {
  type Asked,
  aged,
  type Known,
  type LagOfOthers,
  observed,
  type ServiceReport,
  selfReported,
  stateOf,
} from './service-state.ts'

/** Its NATS user may see the consumers of the others. */
const observer = 'dashboard'

/** So long all callers share what was read: any number of pages costs a service one question a second. */
const keepMs = 1000

interface OverviewDeps {
  readonly upstreams: readonly Upstream[]
  readonly authenticator: Authenticator
}

export type Overview = ReturnType<typeof openOverview>

/**
 * Reads the state of every service, within two seconds whatever hangs, and the newest that is known of each, with its
 * age. (overview.test: "answers within two seconds …"; page-truth.sys.test)
 */
export function openOverview({ upstreams, authenticator }: OverviewDeps) {
  const known = new Map<string, Known>()
  let operator: Caller | undefined

  async function askService({ name, ...upstream }: Upstream, lags: Promise<Asked<LagOfOthers>>) {
    const token = await authenticator.callerTokenFor(operator, name)
    const asked = await askUpstream<ServiceReport>(upstream, `/operations/${name}`, token)
    if ('found' in asked) known.set(name, selfReported(name, asked.found, performance.now()))
    else {
      const seen = await lags
      // What the observer does not tell of itself is not known.
      if ('found' in seen && name !== observer)
        known.set(name, observed(known.get(name) ?? {}, name, seen.found, observer, performance.now()))
    }
    return { service: name, ...stateOf(asked) }
  }
  async function askObserver() {
    const upstream = upstreams.find(({ name }) => name === observer) as Upstream
    const token = await authenticator.callerTokenFor(operator, observer)
    return askUpstream<LagOfOthers>(upstream, `/operations/${observer}/lag-of-others`, token)
  }
  const readStates = sharedResult(
    () => {
      const lags = askObserver()
      return Promise.all(upstreams.map((upstream) => askService(upstream, lags)))
    },
    () => keepMs,
  )

  return async (caller: Caller) => {
    // Every operator may see the same, so it does not matter in whose name the services are asked.
    operator = caller
    const states = await readStates()
    const now = performance.now()
    return states.map((state) => ({ ...state, ...aged(known.get(state.service) ?? {}, now) }))
  }
}

/** `GET /operations`, after `knowCaller`. */
export const operationsOverview =
  (overview: Overview): Handler =>
  async (c) => {
    authorize(c, 'operate')
    return c.json({ services: await overview(c.get('caller')) })
  }
