import type { Dashboard } from './dashboard.ts'
import { inWindow, ofAll, ofService } from './queries.ts'

export const capacityDashboard: Dashboard = {
  uid: 'saucery-capacity',
  title: 'Saucery: capacity',
  description: 'What the processes use, and when to add replicas.',
  panels: [
    {
      title: 'CPU, in cores',
      description: 'By service, over its replicas. A Node process can use little more than one.',
      unit: 'short',
      queries: [
        [`sum by (service) (rate(process_cpu_seconds_total{${ofService}}${inWindow}))`, '{{service}}'],
      ],
    },
    {
      title: 'Memory, by replica',
      description: 'Resident. A pod may use 512 MiB.',
      unit: 'bytes',
      queries: [[`process_resident_memory_bytes{${ofService}}`, '{{service}} {{instance}}']],
    },
    {
      title: 'Memory, all services together',
      description: 'One replica of each is meant to stay below 1 GiB.',
      unit: 'bytes',
      kind: 'stat',
      queries: [[`sum(process_resident_memory_bytes{${ofAll}})`, 'all']],
    },
    {
      title: 'Event loop delay, p99',
      description: 'Over 0.25 s: runbook event-loop-slow. 10 ms is what the measurement itself costs.',
      unit: 's',
      queries: [[`max by (service) (nodejs_eventloop_lag_p99_seconds{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Heap in use',
      description: 'Of what V8 has reserved: a line that only climbs is a leak.',
      unit: 'bytes',
      queries: [[`max by (service) (nodejs_heap_size_used_bytes{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Open files and sockets',
      description: 'Each live feed of the page is a socket of the gateway and of the dashboard.',
      unit: 'short',
      queries: [[`max by (service) (process_open_fds{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Events handled a second, by replica',
      description: 'Replicas share their consumers: an even share means that one more will help.',
      unit: 'ops',
      width: 16,
      queries: [
        [
          `sum by (service, instance) (rate(event_handler_duration_seconds_count{${ofService}}${inWindow}))`,
          '{{service}} {{instance}}',
        ],
      ],
    },
    {
      title: 'Time in garbage collection',
      description: 'Share of a core.',
      unit: 'percentunit',
      queries: [
        [`sum by (service) (rate(nodejs_gc_duration_seconds_sum{${ofService}}${inWindow}))`, '{{service}}'],
      ],
    },
  ],
}
