import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { silentLog } from '../testing/log.ts'
import { openAdmission } from './admission.ts'
import { limitWork } from './limit-work.ts'
import { handleProblems } from './problem.ts'

/** A service that has one place, and answers when it is told to. */
function overloadedApp() {
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  let time = 0
  const admission = openAdmission({ first: 1, max: 1, targetMs: 1000 }, () => time)
  const app = new Hono()
  handleProblems(app, silentLog)
  const { shed, admit } = limitWork(admission)
  app.use(shed)
  app.use(admit)
  app.get('/orders', async (c) => {
    await answered
    return c.text('fine')
  })
  app.get('/wait', async (c) => {
    c.get('leaveWork')()
    await answered
    return c.text('fine')
  })
  return {
    app,
    answer,
    pass(ms: number) {
      time += ms
    },
  }
}

describe('a service with more requests than it can answer', () => {
  it('refuses at once with 503 and `Retry-After`', async () => {
    const { app, answer, pass } = overloadedApp()
    const accepted = [app.request('/orders'), app.request('/orders')]
    pass(250)
    const refused = await app.request('/orders')
    assert.equal(refused.status, 503)
    assert.equal(refused.headers.get('retry-after'), '1')
    assert.equal(((await refused.json()) as { code: string }).code, 'service-overloaded')
    answer()
    for (const { status } of await Promise.all(accepted)) assert.equal(status, 200)
    assert.equal((await app.request('/orders')).status, 200)
  })

  it('does not count requests that wait on purpose', async () => {
    const { app, answer, pass } = overloadedApp()
    const waiting: (Response | Promise<Response>)[] = []
    for (let i = 0; i < 10; i++) {
      waiting.push(app.request('/wait'))
      await new Promise(setImmediate)
      pass(1000)
    }
    const worked = app.request('/orders')
    answer()
    for (const { status } of await Promise.all([...waiting, worked])) assert.equal(status, 200)
  })
})
