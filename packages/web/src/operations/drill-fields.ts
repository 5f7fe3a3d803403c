import type { DrillRequest } from '@saucery/client/schemas'

export type DrillField = 'perSecond' | 'delayMs' | 'percent' | 'every' | 'service' | 'server'

type Numbers = { readonly least: number; readonly most: number; readonly usual: number }

/** The numbers that are asked for, with their limits as the API has them. */
export const numberFields: Readonly<
  Record<Exclude<DrillField, 'service' | 'server'> | 'forSeconds', Numbers>
> = {
  perSecond: { least: 1, most: 500, usual: 10 },
  delayMs: { least: 1, most: 60_000, usual: 2000 },
  percent: { least: 1, most: 100, usual: 100 },
  every: { least: 1, most: 1000, usual: 3 },
  forSeconds: { least: 1, most: 600, usual: 60 },
}

/** What each kind of drill has to be told, beside how long. */
export const fieldsOf: Readonly<Record<DrillRequest['kind'], readonly DrillField[]>> = {
  load: ['perSecond'],
  'payment-slow': ['delayMs'],
  'payment-declines': ['percent'],
  'payment-away': ['percent'],
  'deliveries-fail': ['percent'],
  'handler-throws': ['service', 'every'],
  frozen: ['server'],
}

/** The ways that a load's orders go, as the API names them. */
export const ways = ['delivered', 'declined', 'cancelled-at-once', 'cancelled-on-the-way', 'failed'] as const

/** The request that a filled form stands for. */
export function requestIn(form: FormData): DrillRequest {
  const kind = String(form.get('kind')) as DrillRequest['kind']
  const fields = fieldsOf[kind].map((name) => {
    const value = form.get(name)
    return [name, name in numberFields ? Number(value) : value]
  })
  const shares = kind === 'load' ? ways.map((way) => [way, Number(form.get(way))] as const) : []
  const mix = shares.some(([, share]) => share > 0) && { mix: Object.fromEntries(shares) }
  return { kind, forSeconds: Number(form.get('forSeconds')), ...Object.fromEntries(fields), ...mix }
}
