import { type ContractBreak, contractAdditions, contractBreaks } from './contract-breaks.ts'
import type { PublishedContracts } from './published-contracts.ts'
import { recordBreaks } from './record-breaks.ts'
import type { ReleasedContracts } from './released.ts'

/** What a person reads of the comparison: for each break the event, the field and what to do. */
export function compatibilityReport(
  released: readonly ReleasedContracts[],
  current: PublishedContracts,
): { readonly text: string; readonly isBroken: boolean } {
  const found = released.map((release) => {
    const breaks = [...contractBreaks(release.contracts, current), ...recordBreaks(release.changedRecords)]
    return { isBroken: breaks.length > 0, lines: linesOf(release, breaks, current) }
  })
  return {
    text: `${found.flatMap(({ lines }) => lines).join('\n')}\n`,
    isBroken: found.some(({ isBroken }) => isBroken),
  }
}

function linesOf(
  { name, contracts }: ReleasedContracts,
  breaks: readonly ContractBreak[],
  current: PublishedContracts,
): string[] {
  const added = contractAdditions(contracts, current)
  const versions = [...contracts.events.values()].reduce((sum, { versions }) => sum + versions.size, 0)
  return [
    `Compared with ${name}: ${contracts.events.size} events in ${versions} versions`,
    ...(added.length > 0 ? [`Added: ${added.join(', ')}`] : []),
    ...breaks.flatMap(({ event, version, field, change, remedy }) => [
      `✗ ${event}${version === undefined ? '' : ` ${version}`}: ${field} ${change}`,
      `  → ${remedy}`,
    ]),
    breaks.length === 0
      ? '✔ Nothing that was published breaks'
      : `${breaks.length} ${breaks.length === 1 ? 'break' : 'breaks'} of published contracts. How to publish a new version: packages/contracts/README.md`,
  ]
}
