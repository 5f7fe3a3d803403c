import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishers } from '@saucery/contracts/choreography'
import { isFinal, statusOf } from '@saucery/contracts/status'
import { awaitedEvents } from '@saucery/dashboard/view/waits-for'
import { portsFrom, type ServiceName, serviceNames } from '@saucery/local/system/service-ports'
import { root } from '@saucery/servers/install/folders'
import { structure } from '../structure/layers.ts'

/** The pages with pictures that follow from the code. */
export const picturePages = ['README.md', 'docs/architecture.md']

/** The pictures in Mermaid, by the name that a page has in the comment before each. */
const pictures: Readonly<Record<string, () => string>> = {
  choreography,
  processes,
  statuses,
  packages,
}

const place = /(<!-- picture: (\w+) -->\n\n)```mermaid\n[\s\S]*?^```$/gm

/**
 * The page with each picture as the code has it now.
 * @throws when it names a picture that does not exist
 */
export const withPictures = (page: string): string =>
  page.replace(place, (_, before: string, name: string) => {
    const picture = pictures[name]
    if (!picture) throw new Error(`no such picture: ${name}`)
    return `${before}\`\`\`mermaid\n${picture().trimEnd()}\n\`\`\``
  })

/** Who publishes what for whom, as the contracts draw it. */
function choreography(): string {
  const page = readFileSync(join(root, 'packages/contracts/generated/choreography.md'), 'utf8')
  return /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
}

/** Each process with its usual port, and the stores that it reaches. */
function processes(): string {
  const ports = portsFrom({})
  const isPublisher = (name: ServiceName) => (publishers as readonly string[]).includes(name)
  const behind = serviceNames.filter((name) => name !== 'gateway')
  return [
    'flowchart TB',
    '  client["browser, curl"]',
    `  client -- "HTTP, live feed" --> gateway["gateway :${ports.gateway}"]`,
    ...behind.map((name) => `  gateway -- HTTP --> ${name}["${name} :${ports[name]}"]`),
    '  nats{{"NATS JetStream"}}',
    ...behind.map((name) => (isPublisher(name) ? `  ${name} <--> nats` : `  nats --> ${name}`)),
    ...behind.map((name) =>
      isPublisher(name)
        ? `  ${name} --> pg_${name}[("Postgres: ${name}")]`
        : `  ${name} --> mongo[("MongoDB")]`,
    ),
  ].join('\n')
}

/** From which status to which an order gets by which event, while events arrive in the order in which they happen. */
function statuses(): string {
  const edges = new Map<string, Set<string>>()
  const known = new Set<string>()
  const follow = (happened: readonly string[]) => {
    const facts = new Set(happened)
    const key = [...facts].sort((a, b) => (a < b ? -1 : 1)).join()
    if (known.has(key)) return
    known.add(key)
    const from = statusOf(facts)
    if (isFinal(from)) return
    for (const event of [...awaitedEvents(from, facts), 'OrderCancelled']) {
      const to = statusOf(new Set([...facts, event]))
      if (to !== from)
        edges.set(`${from} --> ${to}`, (edges.get(`${from} --> ${to}`) ?? new Set()).add(event))
      follow([...facts, event])
    }
  }
  follow([])
  const lines = [...edges].map(([edge, events]) => `  ${edge}: ${[...events].join(', ')}`)
  const ends = [...new Set([...edges.keys()].map((edge) => edge.split(' --> ')[1] ?? ''))].filter((status) =>
    isFinal(status as Parameters<typeof isFinal>[0]),
  )
  return [
    'stateDiagram-v2',
    '  [*] --> PLACED: OrderPlaced',
    ...lines,
    ...ends.map((it) => `  ${it} --> [*]`),
  ].join('\n')
}

/** The layers of packages, the highest first. */
function packages(): string {
  const rows = [...structure.packages].reverse()
  const short = (name: string) => name.replace('packages/', '')
  return [
    'flowchart TB',
    ...rows.map((row, i) => `  layer${i}["${row.map(short).join(' · ')}"]`),
    ...rows.slice(1).map((_, i) => `  layer${i} --> layer${i + 1}`),
  ].join('\n')
}
