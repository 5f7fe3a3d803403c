import { root } from '@saucery/servers/install/folders'
import { carryOut } from '../scaffold/carry-out.ts'
import { knownConsumer, knownEvent, knownPublisher, newEventName } from '../scaffold/event-names.ts'
import { planEvent } from '../scaffold/new-event.ts'
import { planService } from '../scaffold/new-service.ts'
import { planVersion } from '../scaffold/new-version.ts'
import type { Plan } from '../scaffold/plan.ts'
import { newServiceName, serviceOf } from '../scaffold/service-words.ts'
import { portsFrom, serviceNames } from '../system/service-ports.ts'
import { exitWith, readCommandLine } from './command-line.ts'

const usage = `Usage: npx pnpm@12 new service NAME --consumes EVENT [--consumes EVENT]… --publishes EVENT [--dry-run]
       npx pnpm@12 new event NAME --service SERVICE [--consumed-by SERVICE]… [--dry-run]
       npx pnpm@12 new version NAME [--dry-run]

service  makes a service that runs: its package with tests and a migration, its contracts with a sample, and its place in
         the choreography, in \`start\`, at the gateway, in the model and in what is deployed. It publishes its event once
         for each order, when the first of those happens that it consumes.
event    declares an event of a service, with a sample, in the choreography and in all tables that have a line for each
         event. It carries nothing but its order; its service and its consumers keep their states when it happens.
version  declares the next version of an event, with an upcast from the one before and a sample. It has the same schema
         until you extend it.

All run the generators then, and print which files they write. Nothing is written when anything is wrong. The opposite of
the first: npx pnpm@12 run remove service NAME

Options:
  --consumes EVENT       an event that the new service consumes; may be repeated
  --publishes EVENT      the event that the new service publishes
  --service SERVICE      the service that publishes the new event
  --consumed-by SERVICE  another service that consumes it, beside the dashboard; may be repeated
  --dry-run              only prints what would be done

Exit codes: 0 done, 1 a file is not as expected or a generator failed, 2 the command is wrong.
`

const options = {
  consumes: { type: 'string', multiple: true },
  publishes: { type: 'string' },
  service: { type: 'string' },
  'consumed-by': { type: 'string', multiple: true },
  'dry-run': { type: 'boolean', default: false },
} as const

interface Given {
  readonly service?: string | undefined
  readonly publishes?: string | undefined
  readonly 'consumed-by'?: readonly string[] | undefined
  readonly consumes?: readonly string[] | undefined
  readonly 'dry-run'?: boolean | undefined
}

type Planner = (name: string, values: Given) => () => Plan

const planners: Readonly<Record<string, { readonly plan: Planner; readonly takes: readonly string[] }>> = {
  service: { plan: servicePlan, takes: ['consumes', 'publishes'] },
  event: { plan: eventPlan, takes: ['service', 'consumed-by'] },
  version: { plan: versionPlan, takes: [] },
}

const { plan, isDry } = readCommandLine(usage, options, readPlan, { takesWords: true })

try {
  carryOut(root, plan, isDry)
} catch (error) {
  exitWith(error)
}

/** The words are checked here; the files are read when the plan is called. */
function readPlan(
  { 'dry-run': isDry = false, ...values }: Given,
  [what = '', name, ...more]: readonly string[],
) {
  const planner = planners[what]
  if (!planner || name === undefined || more.length > 0)
    throw new Error('Say what is new, and its name: new service NAME, new event NAME, new version NAME')
  const foreign = Object.keys(values).find((option) => !planner.takes.includes(option))
  if (foreign) throw new Error(`new ${what} takes no --${foreign}`)
  return { plan: planner.plan(name, values), isDry }
}

function servicePlan(name: string, { consumes = [], publishes }: Given): () => Plan {
  const one = newServiceName(name)
  if (consumes.length === 0)
    throw new Error('--consumes has to name an event: a service of this kind begins with one')
  const consumed = [...new Set(consumes)].map((event) => knownEvent(event).event)
  if (publishes === undefined) throw new Error('--publishes has to name the event that the service publishes')
  const ports = portsFrom({})
  const port = Math.max(...serviceNames.map((service) => ports[service])) + 1
  const service = serviceOf(one, newEventName(publishes), consumed, port)
  return () => planService(root, service)
}

function eventPlan(name: string, values: Given): () => Plan {
  const service = knownPublisher(values.service)
  const consumers = [...new Set(values['consumed-by'])].map((it) => knownConsumer(it, service))
  const event = { name: newEventName(name), service, consumers }
  return () => planEvent(root, event)
}

function versionPlan(name: string): () => Plan {
  const event = knownEvent(name)
  return () => planVersion(root, event)
}
