import { serviceRows } from '../order/choreography.ts'
import { edgesOf } from './edges.ts'

export const flowEdges = edgesOf(serviceRows)
