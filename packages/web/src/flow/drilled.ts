import { computed } from '@preact/signals'
import { servicesIn } from '../operations/drilled-services.ts'
import { drillsAt } from '../operations/drills.ts'
import { serviceRows } from '../order/choreography.ts'
import { now } from '../ui/screen.ts'

const names = computed(() =>
  drillsAt(now.value)
    .flatMap(({ drill }) => servicesIn(drill, serviceRows))
    .join(' '),
)

/** The services that are in a drill. It is read each second, and the same object until it changes. */
export const drilledServices = computed((): ReadonlySet<string> => new Set(names.value.split(' ')))
