import type { EventNames, ServiceRow } from '../build/choreography-table.ts'

// Put in by the build (build-page.ts).
declare const CHOREOGRAPHY: readonly ServiceRow[]
declare const EVENT_NAMES: Readonly<Record<string, EventNames>>

export const serviceRows = CHOREOGRAPHY
export const namesByEvent = EVENT_NAMES
