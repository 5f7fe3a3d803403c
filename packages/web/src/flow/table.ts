import type { ServiceRow } from '../build/choreography-table.ts'
import { edgesOf } from './edges.ts'

/** Put in by the build (build-page.ts). */
declare const CHOREOGRAPHY: readonly ServiceRow[]

export const flowServices = CHOREOGRAPHY
export const flowEdges = edgesOf(CHOREOGRAPHY)
