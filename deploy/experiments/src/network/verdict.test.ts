import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isKept } from '../report/finding.ts'
import { type Probed, verdict } from './verdict.ts'

const attempt = (to: string, isAllowed: boolean) => ({ to, host: '10.0.0.1', port: 1, isAllowed })
const probed = (from: string, allowed: string[], made: string[], madeAgain = made): Probed => ({
  from,
  attempts: ['api: http', 'db: sql'].map((to) => attempt(to, allowed.includes(to))),
  made,
  madeAgain,
  resolvesNames: true,
  tookMs: 10,
})
const control = probed('control', ['api: http', 'db: sql'], ['api: http', 'db: sql'])
const textOf = (...others: Probed[]) =>
  verdict(control, others)
    .map(({ what, figure }) => `${what}: ${figure}`)
    .join('\n')

describe('policies', () => {
  it('hold where exactly the allowed connections are made', () => {
    const findings = verdict(control, [
      probed('web', ['api: http'], ['api: http']),
      probed('api', ['db: sql'], ['db: sql']),
    ])
    assert.ok(isKept(findings))
    assert.deepEqual(findings[1], {
      what: 'made, of the connections that the policies refuse',
      figure: '0 of 2',
      kept: true,
    })
  })

  it('are broken by one connection too many, even if it is made only once', () => {
    const leaky = probed('web', ['api: http'], ['api: http'], ['api: http', 'db: sql'])
    const others = [leaky, probed('api', ['db: sql'], ['db: sql'])]
    assert.equal(isKept(verdict(control, others)), false)
    assert.match(textOf(...others), /1 of 2: web → db: sql/)
  })

  it('are broken by an allowed connection that is not made each time', () => {
    const others = [probed('web', ['api: http'], ['api: http'], []), probed('api', [], [])]
    assert.equal(isKept(verdict(control, others)), false)
    assert.match(textOf(...others), /not made, of those that they allow: 1 of 1: web → api: http/)
  })

  it('are broken where a pod cannot resolve names', () => {
    const mute = { ...probed('web', [], []), resolvesNames: false }
    assert.equal(isKept(verdict(control, [mute])), false)
  })

  it('are not judged where nothing is refused', () => {
    const others = [probed('web', ['api: http'], ['api: http', 'db: sql'])]
    const findings = verdict(control, others)
    assert.ok(isKept(findings))
    assert.equal(findings[1]?.kept, undefined)
    assert.match(textOf(...others), /NOT ENFORCED HERE: nothing refuses any of 1 connections/)
  })

  it('are broken where even a pod that is allowed everything reaches nothing', () => {
    assert.equal(isKept(verdict(probed('control', [], []), [probed('web', [], [])])), false)
  })

  it('are not judged by connections to a node', () => {
    const toNode = { to: 'node: https', host: '10.0.0.2', port: 443, isAllowed: undefined }
    const withNode = (it: Probed) => ({
      ...it,
      attempts: [...it.attempts, toNode],
      made: [...it.made, 'node: https'],
    })
    assert.ok(isKept(verdict(withNode(control), [withNode(probed('web', ['api: http'], ['api: http']))])))
  })

  it('are not judged by a port at which nothing listens', () => {
    const closed = { ...control, attempts: [...control.attempts, attempt('db: peers', true)] }
    const findings = verdict(closed, [probed('web', [], [])])
    const found = findings.find(({ what }) => what.startsWith('not tried'))
    assert.equal(found?.figure, 'db: peers')
  })
})
