import {
  choreography,
  familyOf,
  type Publisher,
  type Service,
  serviceContracts,
} from '@saucery/contracts/choreography'
import { addEventCase } from './domain-cases.ts'
import { asWords, verbOf } from './event-names.ts'
import { contractGenerators } from './generators.ts'
import { type Draft, openPlan, type Plan } from './plan.ts'
import { firstSample, samplePath } from './sample.ts'
import { addImport, addLast, endOf } from './source-text.ts'
import { setSubscriptions } from './subscriptions-version.ts'

export interface NewEvent {
  readonly name: string
  readonly service: Publisher
  /** The services that consume it, beside the dashboard. */
  readonly consumers: readonly Service[]
}

const choreographyFile = 'packages/contracts/src/choreography.ts'
const tableFile = 'packages/contracts/src/choreography.test.ts'

/** An event with nothing but its order: its publisher keeps its state after it, and its consumers publish nothing. */
export function planEvent(root: string, event: NewEvent): Plan {
  const draft = openPlan(root)
  const { name, service, consumers } = event
  const subject = `${familyOf(service)}.${verbOf(name, service)}`
  draft.edit(`packages/contracts/src/${service}.ts`, (text) => declare(text, name, subject))
  draft.create(samplePath(name, 1), firstSample(name, service, subject))
  enterIntoChoreography(draft, event)
  enterIntoTable(draft, event, subject)
  const consumed = serviceContracts.map(({ service, consumes }) => ({
    service,
    consumes: [...consumes.map(({ event }) => event), ...(consumers.includes(service) ? [name] : [])],
  }))
  setSubscriptions(draft, 1, consumed, [name])
  draft.edit('packages/system/src/histories/record.ts', (text) =>
    addLast(text, 'const causes: Readonly<Record<Name, Path>> = {', `${name}: []`),
  )
  draft.edit('packages/web/src/flow/event-statuses.ts', (text) => addColour(text, event))
  for (const one of [service, ...consumers])
    draft.edit(`packages/${one}/src/domain.ts`, (text) => addEventCase(text, name, one !== service))
  return { files: draft.files, generators: contractGenerators }
}

function declare(text: string, name: string, subject: string): string {
  const declaration = `/** ${asWords(name)}. */\nexport const ${name} = defineEvent('${name}', '${subject}', 1, onlyOrderId)\n`
  return `${addImport(text, 'onlyOrderId', './fields.ts')}\n${declaration}`
}

function enterIntoChoreography(draft: Draft, { name, service, consumers }: NewEvent): void {
  draft.edit(choreographyFile, (text) => addImport(text, name, `./${service}.ts`))
  draft.edit(choreographyFile, (text) => addLast(text, `const ${service}Publishes = [`, name))
  for (const consumer of consumers)
    draft.edit(choreographyFile, (text) =>
      addLast(text, 'consumes: [', name, endOf(text, new RegExp(`\\n {2}${consumer}: \\{`))),
    )
}

function enterIntoTable(draft: Draft, { name, service, consumers }: NewEvent, subject: string): void {
  draft.edit(tableFile, (text) =>
    addLast(text, `  ${service}: {`, `${name}: '${subject}'`, endOf(text, 'const published = {')),
  )
  for (const consumer of consumers)
    draft.edit(tableFile, (text) =>
      addLast(text, `  ${consumer}: [`, `'${name}'`, endOf(text, 'const consumed')),
    )
}

/** The colour of the first event of its service, until somebody gives it another. */
function addColour(text: string, { name, service }: NewEvent): string {
  const [first] = choreography[service].publishes
  const start = endOf(text, 'eventStatuses')
  const from = endOf(text, `${first.event}: '`, start)
  return addLast(text, '= {', `${name}: '${text.slice(from, text.indexOf("'", from))}'`, start)
}
