// Runs in the gateway's pod: the NetworkPolicies let no other pod reach both the gateway and the order service. Places
// the orders of the plan in its first argument, and prints the measured run as JSON.
import { measureBreaker } from '@saucery/bench/breaker/measure-breaker'
import { httpClient } from '@saucery/bench/load/http'

const urls = {
  gateway: 'http://localhost:8080',
  order: 'http://order:8080',
  dashboard: 'http://dashboard:8080',
}
const client = httpClient(urls, Number.POSITIVE_INFINITY)
const run = await measureBreaker(client, JSON.parse(process.argv[2] ?? ''), () => {})
client.close()
process.stdout.write(JSON.stringify(run))
