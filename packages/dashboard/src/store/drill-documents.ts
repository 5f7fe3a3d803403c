import type { DrillStore } from '@saucery/chassis/drills/drill-store'
import type { DrillRequest } from '@saucery/chassis/drills/kinds'
import type { Db } from 'mongodb'

interface DrillDocument {
  readonly _id: string
  readonly request: DrillRequest
  readonly until: Date
}

/** The collection `drills`: those of the dashboard. Empty where drills are off. */
export function mongoDrills(db: Db): DrillStore {
  const drills = db.collection<DrillDocument>('drills')
  return {
    async begin(_id, request) {
      const until = new Date(Date.now() + request.forSeconds * 1000)
      await drills.replaceOne({ _id }, { request, until }, { upsert: true })
    },
    async end(_id) {
      await drills.deleteOne({ _id })
    },
    async present() {
      const found = await drills.find({ until: { $gt: new Date() } }).toArray()
      return found.map(({ _id: id, request, until }) => {
        const leftMs = Math.min(until.getTime() - Date.now(), request.forSeconds * 1000)
        return { id, request, leftMs, placed: 0, refused: 0 }
      })
    },
  }
}
