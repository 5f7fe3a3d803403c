import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { currentReport, reportFile } from './compiled-api.ts'

it('the API is the one of the report that is checked in', () => {
  const text = 'Look at what changes for the users, then run: pnpm --filter @saucery/messaging api'
  assert.ok(currentReport() === readFileSync(reportFile, 'utf8'), text)
})
