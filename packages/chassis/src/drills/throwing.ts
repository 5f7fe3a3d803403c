import type { Drills } from './follow.ts'

/** A handler that fails because a drill wants it to. */
export class DrillFailure extends Error {
  override readonly name = 'DrillFailure'
}

/** Fails every n-th event that this process handles, while such a drill is under way; the others are handled. */
export function throwingInDrill<Event>(
  drills: Pick<Drills, 'of'>,
  handle: (event: Event) => Promise<unknown>,
) {
  let events = 0
  return async (event: Event): Promise<unknown> => {
    const drill = drills.of('handler-throws')
    if (drill && ++events % drill.every === 0)
      throw new DrillFailure(`a drill fails one event in ${drill.every} here`)
    return handle(event)
  }
}
