import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@saucery/messaging/testing/eventually'
import { startChild } from '@saucery/servers/process/child'
import { freePort } from '@saucery/servers/process/ports'
import { onPath } from '@saucery/servers/process/programs'
import { stringify } from 'yaml'

/** A series at one time, or over a time. */
interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
}

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>

/** The programs of Debian's package `prometheus`; undefined where one is not on the PATH. */
export function findPrometheus() {
  const [prometheus] = onPath('prometheus', process.env)
  const [promtool] = onPath('promtool', process.env)
  return prometheus && promtool ? { prometheus, promtool } : undefined
}

interface Options {
  readonly program: string
  readonly folder: string
  /** Where the metrics of each service are. */
  readonly targets: Readonly<Record<string, string>>
  /** Rules, as a file has them. */
  readonly rules: string
}

/** With a store that does not answer, a scrape takes two seconds: then its numbers are left out. */
const slow = ['dashboard', 'delivery']

/** Prometheus with these rules, which scrapes most services, and evaluates, every second. */
export async function startPrometheus({ program, folder, targets, rules }: Options) {
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const every = { scrape_interval: '1s', evaluation_interval: '1s' }
  const scrape_configs = Object.entries(targets).map(([service, url]) => ({
    job_name: service,
    ...(slow.includes(service) && { scrape_interval: '3s', scrape_timeout: '3s' }),
    static_configs: [{ targets: [new URL(url).host], labels: { job: 'saucery', service } }],
  }))
  const config = {
    global: every,
    rule_files: ['rules.yaml'],
    scrape_configs,
  }
  await writeFile(join(folder, 'rules.yaml'), rules)
  await writeFile(join(folder, 'prometheus.yml'), stringify(config))
  const listen = `127.0.0.1:${port}`
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${listen}`,
    '--log.level=warn',
  ]
  const output = join(folder, 'prometheus.log')
  const child = startChild({ file: program, args, cwd: folder, output, stopWithinMs: 5000 })
  const url = `http://${listen}`
  const startedAt = Date.now()

  async function api<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string }
    if (status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`)
    return data
  }
  await eventually(async () => {
    const { activeTargets } = await api<{ activeTargets: { health: string }[] }>('targets')
    const well = activeTargets.filter(({ health }) => health === 'up').length
    if (well < scrape_configs.length) throw new Error(`${well} of ${scrape_configs.length} targets are up`)
  })

  return {
    url,
    api,
    query: async (query: string) => (await api<{ result: Series[] }>('query', { query })).result,
    /** Every second since the start. */
    async queryAll(query: string): Promise<Series[]> {
      const [start, end] = [startedAt, Date.now()].map((ms) => String(ms / 1000)) as [string, string]
      return (await api<{ result: Series[] }>('query_range', { query, start, end, step: '1' })).result
    },
    /** The names and labels of the alerts that fire. */
    async firing(): Promise<Readonly<Record<string, string>>[]> {
      const { alerts } = await api<{ alerts: Alert[] }>('alerts')
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels)
    },
    async [Symbol.asyncDispose]() {
      await child.kill()
    },
  }
}
