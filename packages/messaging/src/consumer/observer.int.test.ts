import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'

it('an observer is told of each run, redelivery and dead letter, by names that no publisher can add to', async () => {
  await using nats = await testNats()
  await using broker = await testBroker(nats.url)
  const told: unknown[] = []
  const observer = {
    redelivered: (stream: string) => told.push(['redelivered', stream]),
    handled: (event: string, _seconds: number, failure?: string) => told.push([event, failure ?? 'handled']),
    deadLettered: (event: string, reason: string) => told.push([event, reason]),
  }
  let outages = 1
  const handle = async ({ data }: { data: { by: number } }) => {
    if (data.by === 2) throw new Error('a bug')
    if (outages-- > 0) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
  }
  await using _consumers = await consume(broker, handle, { observer, maxTries: 2, maxGivenBack: 2 })
  const publishAndWait = async (event = nudge('k'), headers: Record<string, string> = {}) => {
    await publishEvent(broker, event, { headers })
    await allAcknowledged(broker)
    return told.splice(0)
  }
  assert.deepEqual(await publishAndWait(nudge('k')), [
    ['Nudged', 'unavailable'],
    ['Nudged', 'handled'],
  ])
  const again = ['redelivered', 'NUDGES']
  assert.deepEqual(await publishAndWait(nudge('k', 2)), [
    ['Nudged', 'failed'],
    again,
    ['Nudged', 'failed'],
    ['Nudged', 'handler-failed'],
  ])
  const strange = { 'ce-type': 'Shouted' }
  assert.deepEqual(await publishAndWait(nudge('k'), strange), [again, ['unknown', 'unreadable']])
  const newer = { 'ce-dataschema': 'urn:event:Nudged:9' }
  const [first, ...rest] = (await publishAndWait(nudge('k'), newer)).reverse()
  assert.deepEqual(first, ['Nudged', 'unknown-kind'])
  assert.deepEqual(new Set(rest.map(String)), new Set([String(again)]))
})
