import { isIP } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import { answerProblem, type Problem } from './problem.ts'

/**
 * Middleware for a server without sign-in: refuses what a browser sends for another web site's page. Such a page has the
 * user's access to everything on the user's machine, and could read, place and cancel orders.
 * @param hosts names of this server beside `localhost`. An IP address needs no name: a site that points its own name at
 * this server (DNS rebinding) still sends that name
 * @param origins of pages that may call this server from elsewhere
 */
export function refuseForeign(hosts: readonly string[], origins: readonly string[] = []): MiddlewareHandler {
  const names = new Set(['localhost', ...hosts])
  const isKnown = (hostname: string) => names.has(hostname) || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  return (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    const server = urlOf(`http://${host}`)
    if (server === undefined || !isKnown(server.hostname)) return refuse(c, unknownHost)
    const origin = c.req.header('origin')
    if (origin !== undefined && origins.includes(origin)) return next()
    const site = c.req.header('sec-fetch-site')
    // A proxy may have replaced the Host. Then the browser still knows that the page is this server's own, and its name
    // is no name that a foreign site has pointed here.
    const isBehindProxy = site === 'same-origin' && isKnown(urlOf(origin ?? '')?.hostname ?? '')
    const isForeign = origin !== undefined && !isSameHost(origin, host) && !isBehindProxy
    return isForeign || site === 'cross-site' ? refuse(c, foreignOrigin) : next()
  }
}

const refuse = async (...[c, problem]: Parameters<typeof answerProblem>) => answerProblem(c, problem)

const unknownHost: Problem = {
  status: 403,
  code: 'unknown-host',
  title: 'The Host is not a name of this server',
  detail: 'Sign-in is off. ALLOWED_HOSTS can name it.',
}

const foreignOrigin: Problem = {
  status: 403,
  code: 'foreign-origin',
  title: 'The request is from the page of another web site',
  detail: 'Sign-in is off. CORS_ORIGINS of the gateway can name its origin.',
}

/** Whatever the scheme: a proxy before this server may speak HTTPS. */
function isSameHost(origin: string, host: string): boolean {
  const page = urlOf(origin)
  return (
    page !== undefined &&
    /^https?:$/.test(page.protocol) &&
    page.host === urlOf(`${page.protocol}//${host}`)?.host
  )
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
