// Runs in the gateway's pod: the NetworkPolicies let no other pod reach both the gateway and the order service. Places
// the orders of the plan in its first argument, watches the breaker at the management URL in the second, and prints the
// measured run as JSON.
import { measureBreaker } from '@saucery/bench/breaker/measure-breaker'
import { openAgentFetch } from '@saucery/client/agent-fetch'
import { openClient } from '@saucery/client/client'

// Closes an idle connection before the gateway does.
const { fetch, close } = openAgentFetch({ timeout: 3000 })
const orders = openClient({
  url: 'http://localhost:8080',
  fetch,
  timeoutMs: Number.POSITIVE_INFINITY,
  retry: {},
})
const [, , plan = '', orderManagement = ''] = process.argv
const run = await measureBreaker(orders, orderManagement, JSON.parse(plan), () => {})
close()
process.stdout.write(JSON.stringify(run))
