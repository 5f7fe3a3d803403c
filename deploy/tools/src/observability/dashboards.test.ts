import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { it } from 'node:test'
import { grafanaJson } from './dashboard.ts'
import { dashboardFile, dashboards } from './dashboards.ts'

it('the dashboards are up to date in the repository; `pnpm deploy:dashboards` writes them', () => {
  for (const [name, dashboard] of Object.entries(dashboards))
    assert.equal(readFileSync(dashboardFile(name), 'utf8'), grafanaJson(dashboard), name)
  const names = readdirSync(dirname(dashboardFile('any'))).map((file) => file.replace('.json', ''))
  assert.deepEqual(new Set(names), new Set(Object.keys(dashboards)))
})

it('every panel says what it shows, and has a place of its own', () => {
  for (const { panels } of Object.values(dashboards).map((it) => JSON.parse(grafanaJson(it)))) {
    const cells = new Set<string>()
    for (const { title, description, gridPos } of panels) {
      assert.ok(description.length > 10, title)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        assert.ok(x < 24 && !cells.has(`${x} ${gridPos.y}`), title)
        cells.add(`${x} ${gridPos.y}`)
      }
    }
  }
})
