import { root } from '@saucery/servers/install/folders'
import { knownConsumer, knownEvent, knownPublisher, newEventName } from '../scaffold/event-names.ts'
import { formatFiles, runGenerator } from '../scaffold/generators.ts'
import { planEvent } from '../scaffold/new-event.ts'
import { planVersion } from '../scaffold/new-version.ts'
import { describePlan, type Plan, writeFiles } from '../scaffold/plan.ts'
import { exitWith, readCommandLine } from './command-line.ts'

const usage = `Usage: npx pnpm@12 new event NAME --service SERVICE [--consumed-by SERVICE]… [--dry-run]
       npx pnpm@12 new version NAME [--dry-run]

event    declares an event of a service, with a sample, in the choreography and in all tables that have a line for each
         event. It carries nothing but its order; its service and its consumers keep their states when it happens.
version  declares the next version of an event, with an upcast from the one before and a sample. It has the same schema
         until you extend it.

Both run the generators then, and print which files they write. Nothing is written when anything is wrong.

Options:
  --service SERVICE      the service that publishes the event
  --consumed-by SERVICE  another service that consumes it, beside the dashboard; may be repeated
  --dry-run              only prints what would be done

Exit codes: 0 done, 1 a file is not as expected or a generator failed, 2 the command is wrong.
`

const options = {
  service: { type: 'string' },
  'consumed-by': { type: 'string', multiple: true },
  'dry-run': { type: 'boolean', default: false },
} as const

const { plan, isDry } = readCommandLine(usage, options, readPlan, { takesWords: true })

interface Given {
  readonly service?: string | undefined
  readonly 'consumed-by'?: readonly string[] | undefined
  readonly 'dry-run'?: boolean | undefined
}

/** The words are checked here; the files are read when it is called. */
function readPlan(values: Given, [what, name, ...more]: readonly string[]) {
  if ((what !== 'event' && what !== 'version') || name === undefined || more.length > 0)
    throw new Error('Say what is new, and its name: new event NAME, new version NAME')
  return {
    plan: what === 'event' ? eventPlan(name, values) : versionPlan(name, values),
    isDry: values['dry-run'],
  }
}

function eventPlan(name: string, values: Given): () => Plan {
  const service = knownPublisher(values.service)
  const consumers = [...new Set(values['consumed-by'])].map((it) => knownConsumer(it, service))
  const event = { name: newEventName(name), service, consumers }
  return () => planEvent(root, event)
}

function versionPlan(name: string, values: Given): () => Plan {
  if (values.service !== undefined || values['consumed-by'] !== undefined)
    throw new Error('A new version has the publisher and the consumers of its event')
  const event = knownEvent(name)
  return () => planVersion(root, event)
}

try {
  const planned = plan()
  process.stdout.write(`${describePlan(root, planned).join('\n')}\n`)
  if (!isDry) carryOut(planned)
} catch (error) {
  exitWith(error)
}

function carryOut({ files, generators }: Plan): void {
  writeFiles(root, files)
  formatFiles(root, [...files.keys()])
  for (const generator of generators) runGenerator(root, generator)
}
