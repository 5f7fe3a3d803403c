import { reworded, type ServiceWords } from './service-words.ts'
import { PlaceNotFound } from './source-text.ts'

/** A place where `delivery` is named, and where every service like it has to be. */
export interface TwinPlace<Service> {
  /** With the words of delivery, and found with those of any other service. */
  readonly at: RegExp
  /** What a new service has there, if that is not the same with its own words. */
  readonly as?: (service: Service, own: string) => string
}

const found = ({ source }: RegExp) => new RegExp(source, 'gm')

/** Puts behind each text that the place finds the same text with the service's own words. */
export function addTwin<Service extends ServiceWords>(
  text: string,
  { at, as }: TwinPlace<Service>,
  service: Service,
): string {
  const changed = text.replace(found(at), (own) => own + (as?.(service, own) ?? reworded(own, service)))
  if (changed === text) throw new PlaceNotFound(at.source)
  return changed
}

/** Takes out what `addTwin` has put in, also after it was formatted. */
export const removeTwin = (text: string, { at }: TwinPlace<never>, service: ServiceWords): string =>
  text.replace(found(new RegExp(reworded(at.source, service))), '')
