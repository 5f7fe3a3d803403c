import { z } from 'zod'

export const drillSettings = {
  /** `on`: operators can have load and faults made on purpose. Refused in production. */
  DRILLS: z.enum(['on', 'off']).default('off'),
  NODE_ENV: z.string().optional(),
}

interface Settings {
  readonly DRILLS?: string
  readonly NODE_ENV?: string | undefined
}

/** In production nobody makes faults, whoever set it. */
export const noDrillsInProduction = z.refine<Settings>(
  ({ DRILLS, NODE_ENV }) => DRILLS !== 'on' || NODE_ENV !== 'production',
  { path: ['DRILLS'], message: 'may not be on where NODE_ENV is production', when: () => true },
)
