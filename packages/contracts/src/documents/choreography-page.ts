import { events, type ServiceContract, serviceContracts } from '../choreography.ts'
import type { EventDefinition } from '../define.ts'

/** The choreography as a Markdown page: a Mermaid flowchart, and a table of all events. */
export function choreographyPage(): string {
  return `# The choreography

Written by \`pnpm --filter @saucery/contracts documents\`; change \`src/choreography.ts\` instead.

An arrow leads from the publisher of an event to its consumer; a dotted arrow stands for all events of its publisher.

\`\`\`mermaid
flowchart LR
${[...serviceContracts.map(node), ...serviceContracts.flatMap(arrowsFrom)].map((line) => `  ${line}`).join('\n')}
\`\`\`

| event | version | subject | published by | consumed by |
|---|---|---|---|---|
${serviceContracts.flatMap((contract) => contract.publishes.map((event) => row(contract, event))).join('\n')}
`
}

const node = ({ service, stream }: ServiceContract) =>
  stream
    ? `${service}["${service}<br/>publishes on ${stream}"]`
    : `${service}["${service}<br/>publishes nothing"]`

function arrowsFrom(publisher: ServiceContract): string[] {
  return serviceContracts.flatMap((consumer) => {
    const consumed = publisher.publishes.filter((event) => consumer.consumes.includes(event))
    if (consumed.length === 0) return []
    if (consumer.consumes.length === events.length) return [`${publisher.service} -.-> ${consumer.service}`]
    const names = consumed.map(({ event }) => event).join('<br/>')
    return [`${publisher.service} -- "${names}" --> ${consumer.service}`]
  })
}

function row({ service }: ServiceContract, event: EventDefinition): string {
  const consumers = serviceContracts.filter(({ consumes }) => consumes.includes(event))
  const consumedBy = consumers.map((consumer) => consumer.service).join(', ')
  return `| ${event.event} | ${event.version} | \`${event.subject}.<orderId>\` | ${service} | ${consumedBy} |`
}
