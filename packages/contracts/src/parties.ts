import { choreography, type Service } from './choreography.ts'
import type { EventDefinition } from './define.ts'

/** One service's part in the choreography, for what treats all events alike. */
export interface Party {
  readonly service: Service
  readonly stream: string | undefined
  readonly publishes: readonly EventDefinition[]
  readonly consumes: readonly EventDefinition[]
}

export const parties = Object.entries(choreography).map(([service, part]) => ({
  service,
  ...part,
})) as unknown as readonly Party[]
