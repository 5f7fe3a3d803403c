import type { ServiceRow } from '../build/choreography-table.ts'

// Put in by the build (build-page.ts).
declare const CHOREOGRAPHY: readonly ServiceRow[]
declare const EVENT_SCHEMAS: Readonly<Record<string, string>>

export const serviceRows = CHOREOGRAPHY
export const schemasByEvent = EVENT_SCHEMAS
