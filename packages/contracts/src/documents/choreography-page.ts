import { events } from '../choreography.ts'
import type { EventDefinition } from '../define.ts'
import { type Party, parties } from '../parties.ts'

/** The choreography as a Markdown page: a Mermaid flowchart, and every event with who publishes and who hears it. */
export function choreographyPage(): string {
  return `# The choreography

Written by \`pnpm --filter @saucery/contracts documents\`; change \`src/choreography.ts\` instead.

An arrow leads from who publishes an event to who reacts to it; a dotted one stands for all events of its speaker.

\`\`\`mermaid
flowchart LR
${[...parties.map(node), ...parties.flatMap(arrowsFrom)].map((line) => `  ${line}`).join('\n')}
\`\`\`

| event | version | subject | said by | heard by |
|---|---|---|---|---|
${parties.flatMap((party) => party.publishes.map((event) => row(party, event))).join('\n')}
`
}

const node = ({ service, stream }: Party) =>
  stream
    ? `${service}["${service}<br/>publishes on ${stream}"]`
    : `${service}["${service}<br/>publishes nothing"]`

function arrowsFrom(speaker: Party): string[] {
  return parties.flatMap((listener) => {
    const heard = speaker.publishes.filter((event) => listener.consumes.includes(event))
    if (heard.length === 0) return []
    if (listener.consumes.length === events.length) return [`${speaker.service} -.-> ${listener.service}`]
    const names = heard.map(({ event }) => event).join('<br/>')
    return [`${speaker.service} -- "${names}" --> ${listener.service}`]
  })
}

function row({ service }: Party, event: EventDefinition): string {
  const listeners = parties.filter(({ consumes }) => consumes.includes(event))
  const heardBy = listeners.map((listener) => listener.service).join(', ')
  return `| ${event.event} | ${event.version} | \`${event.subject}.<orderId>\` | ${service} | ${heardBy} |`
}
