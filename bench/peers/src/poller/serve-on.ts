import { serve } from '@hono/node-server'
import type { Hono } from 'hono'

/** Resolves when it listens. */
export function serveOn({ fetch }: Hono, { PORT }: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve) => {
    serve({ fetch, port: Number(PORT), hostname: '127.0.0.1' }, () => resolve())
  })
}
