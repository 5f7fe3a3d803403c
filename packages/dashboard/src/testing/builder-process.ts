import { openBuilding } from './projection.ts'

// A process that a test kills: all that it needs comes in its environment.
const { NATS_URL = '', MONGODB_URL = '', VERSION } = process.env
await openBuilding({ nats: NATS_URL, mongo: MONGODB_URL, version: Number(VERSION), maxAckPending: 50 })
