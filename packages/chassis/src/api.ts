import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { BlankEnv } from 'hono/types'
import type { Log } from './log.ts'
import { invalidInput, notFound, type Problem, ProblemError, problemHandlers } from './problem.ts'

/** No request of ours needs more: 64 KiB. */
const bodyLimitBytes = 64 * 1024

export type Api = OpenAPIHono<BlankEnv>

/**
 * An app whose routes are declared with their schemas, and whose errors are all answered as problem+json.
 * @param knowCaller lets in who may ask anything at all
 * @param translate knows the service's own errors
 */
export function openApi(
  log: Log,
  knowCaller: MiddlewareHandler,
  translate?: (error: Error) => Problem | undefined,
): Api {
  const app = new OpenAPIHono<BlankEnv>({
    defaultHook(result) {
      if (result.success) return
      // An id that cannot be any is simply not there.
      if (result.target === 'param') throw notFound()
      throw invalidInput(result.error, result.target === 'json' ? 'body' : result.target)
    },
  })
  const { onError, notFound: noRoute } = problemHandlers(log, translate, app)
  app.onError(onError)
  app.notFound(noRoute)
  app.use(knowCaller)
  app.use(
    bodyLimit({
      maxSize: bodyLimitBytes,
      onError() {
        throw new ProblemError({
          status: 413,
          code: 'body-too-large',
          title: 'The body is larger than 64 KiB',
        })
      },
    }),
  )
  return app
}
