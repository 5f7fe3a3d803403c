import { writeFileSync } from 'node:fs'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { grafanaJson } from './dashboard.ts'
import { dashboardFile, dashboards } from './dashboards.ts'

const usage = `Usage: npx pnpm@12 deploy:dashboards

Writes the dashboards of Grafana into deploy/observability/dashboards.
`

readCommandLine(usage, {}, () => {})
for (const [name, dashboard] of Object.entries(dashboards))
  writeFileSync(dashboardFile(name), grafanaJson(dashboard))
