import type { MiddlewareHandler } from 'hono'
import { Overloaded, openAdmission } from './admission.ts'
import { type Problem, ProblemError } from './problem.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Called by a request that begins to wait on purpose: it gives its place to one that works. */
    leaveWork: () => void
  }
}

const overloaded: Problem = {
  status: 503,
  code: 'service-overloaded',
  title: 'The service has more requests than it can answer in time; nothing was done',
}

/** More than the gateways send: they shed first, and know their clients. */
const limits = { first: 200, max: 1000, targetMs: 400 }

/**
 * Two pieces of middleware that refuse a request which could not be answered in time: `shed` before anything is done
 * for it, and `admit`, in whose places requests work, when its body has arrived: a client that sends slowly takes none.
 */
export function limitWork(admission = openAdmission(limits)): {
  shed: MiddlewareHandler
  admit: MiddlewareHandler
} {
  return {
    async shed(_, next) {
      if (admission.refuses()) throw new ProblemError(overloaded)
      return next()
    },
    async admit(c, next) {
      const { leave } = await admission.enter().catch((error) => {
        throw error instanceof Overloaded ? new ProblemError(overloaded) : error
      })
      c.set('leaveWork', leave)
      try {
        return await next()
      } finally {
        leave()
      }
    },
  }
}
