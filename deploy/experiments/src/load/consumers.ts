import { waitFor } from '@saucery/bench/load/poll'
import { consumingServices } from '@saucery/contracts/choreography'
import { kubectl } from '../cluster/kubectl.ts'
import { type Finding, promised, reported, tally } from '../report/finding.ts'
import { bundleScript } from './bundle.ts'
import type { ConsumerCounts } from './consumer-counts.ts'

/** What the consumers of a service have delivered, once every message is acknowledged. */
async function countsOf(service: string, script: string): Promise<ConsumerCounts> {
  const node = ['exec', '--stdin', `deployment/${service}`, '--', 'node', '--input-type=module', '-']
  return waitFor(`the end of ${service}'s backlog`, async () => {
    const counts: ConsumerCounts = JSON.parse(await kubectl(node, { input: script }))
    return counts.open === 0 && counts
  })
}

/** How many events were delivered again, and how many became dead letters. Never counts less than 0 as more. */
export async function redeliveries(isPromised: 'promised' | 'reported'): Promise<Finding[]> {
  const script = await bundleScript('consumer-counts.ts')
  const again: Record<string, number> = {}
  let events = 0
  let deadLetters = 0
  for (const service of consumingServices) {
    const counts = await countsOf(service, script)
    events += counts.messages
    deadLetters = counts.deadLetters
    again[service] = counts.delivered - counts.messages
  }
  const figure = tally(again) || 0
  return [
    reported('events for the services', events),
    isPromised === 'promised'
      ? promised('events delivered again', figure, figure === 0)
      : reported('events delivered again', figure),
    promised('dead letters', deadLetters, deadLetters === 0),
  ]
}
