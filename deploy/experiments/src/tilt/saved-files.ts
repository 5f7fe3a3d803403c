import { percentile } from '@saucery/bench/report/statistics'
import { type ServiceName, serviceNames } from '@saucery/local/system/service-ports'
import { type Finding, promised, reported } from '../report/finding.ts'
import { answers, hasHeader, msUntil, pageContains } from './answers.ts'
import { runtimeFiles } from './runtime-files.ts'
import { type Edit, headerLine, type Manner, openSources, pageLine } from './saved-file.ts'
import { podNameOf, resource, tilt } from './tilt.ts'

/** A source, and what runs it. */
interface Source {
  readonly file: string
  readonly services: readonly ServiceName[]
}

const limitMs = 30_000
const burstLength = 5

/** Every save, alone and in bursts, must be live within 30 s, in the pods that run. Restores every file. */
export async function savedFiles(
  saves: number,
  interrupted: AbortSignal,
  print: (line: string) => void,
): Promise<readonly Finding[]> {
  const sources = openSources()
  const pods = () => Promise.all(serviceNames.map(podNameOf))
  const before = await pods()
  const all = await sourcesOf()
  const alone: number[] = []
  const burst: number[] = []
  let [count, lost] = [0, 0]

  /** Saves the next sources at once. @returns for each, after how many ms its code answered */
  const saveNext = async (times: number[], length: number): Promise<void> => {
    const next = Array.from({ length: Math.min(length, saves - count) }, () => save(count++))
    for (const ms of await Promise.all(next)) {
      if (ms === undefined) lost += 1
      else times.push(ms)
    }
    print(`${count} of ${saves} saved, ${lost} lost`)
  }

  async function save(i: number): Promise<number | undefined> {
    const { file, services } = all[i % all.length] as Source
    const manner: Manner = i % 2 === 0 ? 'in place' : 'replaced'
    const [name, value] = [`x-saved-${i % all.length}`, `saved-${i}-${Date.now()}`]
    const isPage = services.length === 0
    await sources.save({ file, manner, line: isPage ? pageLine(value) : headerLine(name, value) })
    const isLive = isPage
      ? () => pageContains(value)
      : async () => (await Promise.all(services.map((it) => hasHeader(it, name, value)))).every((it) => it)
    const ms = await msUntil(isLive, limitMs)
    if (ms === undefined) print(`lost: ${file}, ${manner}`)
    return ms
  }

  try {
    while (count < saves && !interrupted.aborted)
      await (count % 20 < 15 ? saveNext(alone, 1) : saveNext(burst, burstLength))
    const mended = interrupted.aborted ? [] : await brokenSource(sources.save)
    const median = percentile(alone, 0.5)
    const others = (await pods()).filter((pod, i) => pod !== before[i]).length
    return [
      promised('saved files that were live', `${count - lost} of ${count}`, lost === 0),
      promised('from save to answer, alone: median', inMs(median), median < 3000),
      reported('from save to answer, alone: slowest', inMs(Math.max(...alone))),
      reported(`from save to answer, ${burstLength} at once: median`, inMs(percentile(burst, 0.5))),
      ...mended,
      promised('pods replaced', others, others === 0),
    ]
  } finally {
    await sources.restore()
  }
}

const inMs = (ms: number) => `${Math.round(ms)} ms`

/** The sources of all services and of the page by turns, so that each of them restarts early and late. */
async function sourcesOf(): Promise<readonly Source[]> {
  const loaded = await Promise.all(serviceNames.map((it) => runtimeFiles(`packages/${it}/src/main.ts`)))
  const services = (file: string) => serviceNames.filter((_, i) => loaded[i]?.includes(file))
  const own = serviceNames.map(
    (it, i) => loaded[i]?.filter((file) => file.startsWith(`packages/${it}/`)) ?? [],
  )
  const shared = loaded[0]?.filter((file) => /^packages\/(chassis|contracts|messaging)\//.test(file)) ?? []
  const page = (await runtimeFiles('packages/web/src/main.tsx')).filter((file) =>
    file.startsWith('packages/web/'),
  )
  const rooms = [...own, shared, page]
  return Array.from({ length: Math.max(...rooms.map((room) => room.length)) }, (_, i) =>
    rooms.flatMap((room) => room[i] ?? []).map((file) => ({ file, services: services(file) })),
  ).flat()
}

/** A file that cannot run ends its service and is named in Tilt's log; one that can brings the service back. */
async function brokenSource(save: (edit: Edit) => Promise<void>): Promise<readonly Finding[]> {
  const broken = { manner: 'in place', line: 'const =\n' } as const
  await save({ file: 'packages/delivery/src/main.ts', ...broken })
  const ended = await msUntil(async () => !(await answers('delivery').catch(() => false)), limitMs)
  const isNamed = async () => /delivery does not start/.test(await tilt('logs', 'delivery'))
  const named = await msUntil(isNamed, limitMs)
  await save({ file: 'packages/delivery/src/main.ts', manner: 'replaced', line: '\n' })
  const back = await msUntil(() => answers('delivery'), limitMs)
  await save({ file: 'packages/web/src/main.tsx', ...broken })
  const failed = await msUntil(
    async () => (await resource('gateway')).status.updateStatus === 'error',
    limitMs,
  )
  await save({ file: 'packages/web/src/main.tsx', manner: 'replaced', line: pageLine('mended') })
  const rebuilt = await msUntil(() => pageContains('mended'), limitMs)
  const figure = (ms?: number) => (ms === undefined ? 'not within 30 s' : `after ${inMs(ms)}`)
  return [
    promised('a service with a syntax error ends', figure(ended), ended !== undefined),
    promised('… and Tilt’s log says that it does not start', figure(named), named !== undefined),
    promised('… and the next good save brings it back', figure(back), back !== undefined),
    promised('a page with a syntax error is an error in Tilt', figure(failed), failed !== undefined),
    promised('… and the next good save mends it', figure(rebuilt), rebuilt !== undefined),
  ]
}
