import { familyOf, publishers } from '@saucery/contracts/choreography'
import type { Dashboard } from './dashboard.ts'
import { inWindow, ofAll, ofService } from './queries.ts'

const databases = publishers.map(familyOf).join('|')

export const storesDashboard: Dashboard = {
  uid: 'saucery-stores',
  title: 'Saucery: stores',
  description: 'The pools of the services, the read model, and what the exporters of NATS and Postgres tell.',
  panels: [
    {
      title: 'Connections in use, of the pool’s size',
      description: 'At 100 % work waits (runbook pool-saturated).',
      unit: 'percentunit',
      queries: [
        [
          `max by (service, store) (store_pool_in_use{${ofService}} / store_pool_size{${ofService}})`,
          '{{service}} → {{store}}',
        ],
      ],
    },
    {
      title: 'Connections open',
      description: 'Over all replicas: Postgres has a limit for all of them together.',
      unit: 'short',
      queries: [[`sum by (service, store) (store_pool_open{${ofService}})`, '{{service}} → {{store}}']],
    },
    {
      title: 'Work that waits for a connection',
      description: 'More than a moment: the store is slow, or a lock is held.',
      unit: 'short',
      queries: [[`max by (service, store) (store_pool_waiting{${ofService}})`, '{{service}} → {{store}}']],
    },
    {
      title: 'Read model: how far behind',
      description: 'Age of the oldest event that is not in the documents (runbook projection-behind).',
      unit: 's',
      queries: [[`max by (version) (projection_lag_seconds{${ofAll}})`, 'version {{version}}']],
    },
    {
      title: 'Read model: events to go',
      description: 'While a new version is built, until it has caught up.',
      unit: 'short',
      queries: [
        [`max by (version) (projection_events_remaining{${ofAll}})`, 'version {{version}}'],
        [`max by (version) (projection_ready{${ofAll}})`, 'version {{version}} is read'],
      ],
    },
    {
      title: 'NATS: JetStream’s storage, of its limit',
      description: 'By its exporter. Streams never shrink by themselves.',
      unit: 'percentunit',
      queries: [
        [
          'max by (server_name) (jetstream_server_total_message_bytes / jetstream_server_max_storage)',
          '{{server_name}}',
        ],
      ],
    },
    {
      title: 'NATS: messages in each stream',
      description: 'By its exporter.',
      unit: 'short',
      queries: [['max by (stream_name) (jetstream_stream_total_messages)', '{{stream_name}}']],
    },
    {
      title: 'NATS: messages that wait for a consumer',
      description: 'By its exporter; the services’ own number is on the saga’s dashboard.',
      unit: 'short',
      queries: [
        [
          'max by (stream_name, consumer_name) (jetstream_consumer_num_pending)',
          '{{consumer_name}} ← {{stream_name}}',
        ],
      ],
    },
    {
      title: 'NATS: slow consumers and connections',
      description: 'By its exporter. A slow consumer is a connection that the server had to drop.',
      unit: 'short',
      queries: [
        ['sum(gnatsd_varz_slow_consumers)', 'slow consumers'],
        ['sum(gnatsd_varz_connections)', 'connections'],
      ],
    },
    {
      title: 'Postgres: connections by database',
      description: 'By its exporter.',
      unit: 'short',
      queries: [[`sum by (datname) (pg_stat_database_numbackends{datname=~"${databases}"})`, '{{datname}}']],
    },
    {
      title: 'Postgres: transactions a second',
      description: 'By its exporter: committed, and rolled back.',
      unit: 'ops',
      queries: [
        [
          `sum by (datname) (rate(pg_stat_database_xact_commit{datname=~"${databases}"}${inWindow}))`,
          '{{datname}}',
        ],
        [
          `sum by (datname) (rate(pg_stat_database_xact_rollback{datname=~"${databases}"}${inWindow}))`,
          '{{datname}} rolled back',
        ],
      ],
    },
    {
      title: 'Postgres: size of each database',
      description: 'By its exporter.',
      unit: 'bytes',
      queries: [[`max by (datname) (pg_database_size_bytes{datname=~"${databases}"})`, '{{datname}}']],
    },
  ],
}
