import { readFile } from 'node:fs/promises'
import { commandsOf, missingFrom } from '@saucery/system/docs/printed'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl, namespace } from '../cluster/kubectl.ts'
import { completedByItself } from '../cluster/local.ts'
import { deploy } from '../cluster/overlay.ts'
import { askGateway } from '../load/gateway.ts'
import { runPrinted } from '../load/printed-commands.ts'
import { type Finding, promised } from '../report/finding.ts'

export const course: Experiment = {
  summary: 'the kubectl lines of docs/from-the-course.md, as they are printed, in the pod siege too',
  settings: completedByItself,
  async run() {
    await startSiegePod()
    const page = await readFile(`${deploy}../docs/from-the-course.md`, 'utf8')
    const findings: Finding[] = []
    for (const { script, answer = '…' } of commandsOf(page, 'cluster')) {
      const startedAt = new Date()
      const output = await runPrinted(script)
      const missing = missingFrom(output, answer)
      const lines = script.trim().split('\n')
      findings.push(promised(lines.join('; '), missing ?? 'answered as printed', missing === undefined))
      if (!script.includes('brancdId')) continue
      const placed = await ordersSince(startedAt)
      findings.push(promised('orders placed without a branch', placed, placed === 0))
    }
    return findings
  },
}

/** The pod of deploy/siege, in the namespace of the experiment; it may connect a few seconds after its start. */
async function startSiegePod(): Promise<void> {
  const manifest = await readFile(`${deploy}siege/siege.yaml`, 'utf8')
  const input = manifest.replace('namespace: saucery', `namespace: ${namespace}`)
  await kubectl(['apply', '--filename', '-'], { input })
  await kubectl(['wait', '--for=condition=Ready', 'pod/siege', '--timeout=120s'])
  const connects = 'until : < /dev/tcp/gateway/8080; do sleep 0.2; done'
  await kubectl(['exec', 'siege', '--', 'timeout', '60', 'bash', '-c', connects])
}

async function ordersSince(from: Date): Promise<number> {
  const query = { since: from.toISOString() }
  const { byStatus } = await askGateway((gateway) => gateway.get('/orderDashboards/statistics', { query }))
  return Object.values(byStatus).reduce((sum, count) => sum + count, 0)
}
