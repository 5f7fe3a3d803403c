import { choreography, type Publisher, serviceContracts } from '@saucery/contracts/choreography'
import { asWords } from './event-names.ts'
import { contractGenerators, type FileGenerator, install } from './generators.ts'
import { openPlan, type Plan } from './plan.ts'
import { firstSample, samplePath } from './sample.ts'
import { serviceFiles } from './service-files.ts'
import { copiedFiles, servicePlaces } from './service-places.ts'
import { like, type NewService, pluralOf, reworded } from './service-words.ts'
import { addLast, replaceOnce } from './source-text.ts'
import { setSubscriptions } from './subscriptions-version.ts'
import { addTwin, removeTwin } from './twins.ts'

const generators: readonly FileGenerator[] = [
  ...contractGenerators,
  ...['deploy:nats', 'deploy:dashboards'].map((script) => ({ folder: '', script })),
]
const causesFile = 'packages/system/src/histories/record.ts'
const coloursFile = 'packages/web/src/flow/event-statuses.ts'
const contractFile = (one: string) => `packages/contracts/src/${one}.ts`

/** The package, contracts with a sample, and the service's place wherever services stand. */
export function planService(root: string, service: NewService): Plan {
  const draft = openPlan(root)
  const { one, many, event, subject, consumes } = service
  const folder = `packages/${one}`
  draft.create(`${folder}/package.json`, manifestOf(draft.read(`packages/${like.one}/package.json`), service))
  for (const [path, template] of Object.entries(serviceFiles))
    draft.create(`${folder}/${path.replace('@many', many)}`, template(service, draft.read))
  for (const path of copiedFiles(like.one))
    draft.create(reworded(path, service), reworded(draft.read(path), service))
  draft.create(
    contractFile(one),
    `import { defineEvent } from './define.ts'
import { onlyOrderId } from './fields.ts'

/** ${asWords(event)}. */
export const ${event} = defineEvent('${event}', '${subject}', 1, onlyOrderId)
`,
  )
  draft.create(samplePath(event, 1), firstSample(event, one, subject))
  for (const { path, places } of servicePlaces)
    draft.edit(path, (text) => places.reduce((changed, place) => addTwin(changed, place, service), text))
  draft.edit(causesFile, (text) =>
    addLast(
      text,
      'const causes: Readonly<Record<Name, Path>> = {',
      `${event}: [${consumes.map((name) => `'${name}'`).join(', ')}]`,
    ),
  )
  draft.edit(coloursFile, (text) => addLast(text, / = \{/, `${event}: 'DELIVERED'`))
  setSubscriptions(draft, 1, [...consumedWithout(one, []), { service: one, consumes }], [event])
  const migration = { folder, command: 'drizzle-kit generate --name init' }
  return { files: draft.files, generators: [install, migration, ...generators] }
}

/** Of delivery, without what only commands need. */
function manifestOf(text: string, service: NewService): string {
  const manifest = JSON.parse(reworded(text, service))
  const { hono: _, zod: __, ...dependencies } = manifest.dependencies
  const description = `${service.event} of each order`
  return `${JSON.stringify({ ...manifest, description, dependencies }, null, 2)}\n`
}

/** The opposite of `planService`, with all that the service has become since. */
export function planRemoval(root: string, one: Publisher, port: number): Plan {
  const draft = openPlan(root)
  const words = { one, many: pluralOf(one), port }
  const events = choreography[one].publishes
  const names = events.map(({ event }) => event)
  for (const { event, version } of events)
    for (let number = 1; number <= version; number++) draft.remove(samplePath(event, number))
  for (const path of [`packages/${one}`, `deploy/base/${one}`, `.azure/${one}.yml`, contractFile(one)])
    draft.remove(path)
  for (const { path, places } of servicePlaces)
    draft.edit(path, (text) => places.reduce((changed, place) => removeTwin(changed, place, words), text))
  for (const file of [causesFile, coloursFile])
    draft.edit(file, (text) =>
      names.reduce((changed, name) => replaceOnce(changed, lineOf(name), () => ''), text),
    )
  setSubscriptions(draft, -1, consumedWithout(one, names), [])
  return { files: draft.files, generators: [install, ...generators] }
}

/** The line of an event in a table, however long it is. */
const lineOf = (event: string) => new RegExp(String.raw` {2}${event}: (?:\[[^\]]*\]|'[^']*'),\n`)

/** What all services but one consume, without its events. */
const consumedWithout = (one: string, events: readonly string[]) =>
  serviceContracts
    .filter(({ service }) => service !== one)
    .map(({ service, consumes }) => ({
      service,
      consumes: consumes.map(({ event }) => event).filter((event) => !events.includes(event)),
    }))
