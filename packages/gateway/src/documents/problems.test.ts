import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { startGateway } from '../testing/gateway.ts'
import { problemsFile, problemsPage, problemTypes } from './problems.ts'

describe('the page of problems', () => {
  it('is up to date', () => {
    const kept = readFileSync(problemsFile, 'utf8')
    assert.equal(kept, problemsPage(), 'run: pnpm --filter @saucery/gateway documents')
  })

  it('has a place for each problem, once', () => {
    const codes = problemTypes().map(({ code }) => code)
    assert.ok(codes.length > 30)
    assert.deepEqual(
      [...problemsPage().matchAll(/ id="([a-z-]+)"/g)].map(([, id]) => id),
      codes,
    )
    assert.equal(new Set(codes).size, codes.length)
  })

  it('is where the type of a problem leads', async () => {
    await using gateway = await startGateway({})
    for (const path of ['/nowhere', '/orders/1']) {
      const problem = (await (await fetch(gateway.url + path)).json()) as { type: string; code: string }
      const { href, hash } = new URL(problem.type, gateway.url + path)
      assert.equal(hash, `#${problem.code}`)
      const page = await fetch(href)
      assert.equal(page.status, 200)
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
      assert.ok((await page.text()).includes(`id="${problem.code}"`))
    }
  })
})
