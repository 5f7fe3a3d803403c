// The first process of a pod under Tilt: runs the service from its sources. SIGHUP replaces it (saved.sh).
//
// The next process listens before the present one stops, so that the port never closes: Tilt takes seconds to forward a
// port again that a pod has refused. A process that does not start takes the present one with it: what runs is what was
// saved, or nothing.
import cluster, { type Worker } from 'node:cluster'

// Each service accepts its own connections. This process would keep those for ever that it accepts when none runs.
cluster.schedulingPolicy = cluster.SCHED_NONE

const { PACKAGE } = process.env
let present: Worker | undefined
let next: Worker | undefined
let isStopping = false

cluster.setupPrimary({ exec: `packages/${PACKAGE}/src/main.ts`, execArgv: ['--import', 'tsx'] })
const running = () => Object.values(cluster.workers ?? {})
const stop = (worker?: Worker) => worker?.process.kill('SIGTERM')

function replace(): void {
  if (isStopping) return
  stop(next)
  const worker = cluster.fork()
  next = worker
  worker.once('listening', () => {
    if (worker !== next) return
    stop(present)
    present = worker
    next = undefined
  })
}

cluster.on('exit', (worker, code) => {
  if (isStopping && running().length === 0) process.exit(0)
  if (isStopping) return
  if (worker === next) {
    process.stderr.write(`${PACKAGE} does not start, and is tried again when a file is saved\n`)
    stop(present)
    present = next = undefined
  } else if (worker === present) {
    // It ended by itself: Kubernetes starts the container again.
    if (!next) process.exit(code || 1)
    present = undefined
  }
})

process.on('SIGHUP', replace)
process.on('SIGTERM', () => {
  isStopping = true
  for (const worker of running()) stop(worker)
})
// It also waits while nothing runs.
setInterval(() => {}, 2 ** 30)
replace()
