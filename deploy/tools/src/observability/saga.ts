import type { Dashboard } from './dashboard.ts'
import { inWindow, ofAll, ofService, quantile } from './queries.ts'

export const sagaDashboard: Dashboard = {
  uid: 'saucery-saga',
  title: 'Saucery: the flow of a saga',
  description: 'How orders go from placed to their end, and where they wait.',
  panels: [
    {
      title: 'Orders by status',
      description: 'As the dashboard shows them.',
      unit: 'short',
      queries: [[`max by (status) (orders{${ofAll}})`, '{{status}}']],
    },
    {
      title: 'Overdue orders',
      description: 'By what they wait for (runbook orders-overdue). Empty: none is.',
      unit: 'short',
      queries: [[`max by (status, awaits) (orders_overdue{${ofAll}})`, '{{status}}: {{awaits}}']],
    },
    {
      title: 'Orders placed a second',
      description: 'Accepted requests at the order service.',
      unit: 'reqps',
      queries: [
        [
          `sum(rate(http_request_duration_seconds_count{${ofAll}, service="order", method="POST", route="/orders", status=~"2.."}${inWindow}))`,
          'placed',
        ],
      ],
    },
    {
      title: 'Events handled a second',
      description: 'One line for each step: which service handled which event.',
      unit: 'ops',
      width: 16,
      queries: [
        [
          `sum by (service, event) (rate(event_handler_duration_seconds_count{${ofService}}${inWindow}))`,
          '{{service}} {{event}}',
        ],
      ],
    },
    {
      title: 'Time of a handler, p99',
      description: 'By event; a batch shares a transaction, and its events share its time.',
      unit: 's',
      queries: [
        [
          quantile(0.99, 'event_handler_duration_seconds', ofService, 'service, event'),
          '{{service}} {{event}}',
        ],
      ],
    },
    {
      title: 'Outbox: events not on the stream yet',
      description: 'Committed, and not published. Grows while NATS is away or full (runbook broker-full).',
      unit: 'short',
      queries: [[`max by (service) (outbox_unpublished{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Outbox: age of the oldest',
      description: 'Below zero: it is from a clock that is ahead.',
      unit: 's',
      queries: [[`max by (service) (outbox_oldest_seconds{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Broker stores nothing',
      description: '1: what the service publishes is not stored.',
      unit: 'short',
      queries: [[`max by (service) (outbox_stalled{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Age of the oldest event that waits for a service',
      description: 'As the dashboard sees it, also of a service that is down (runbook consumer-stopped).',
      unit: 's',
      queries: [
        [`max by (consumer, stream) (consumer_oldest_seconds{${ofAll}})`, '{{consumer}} ← {{stream}}'],
      ],
    },
    {
      title: 'Messages that wait, and messages in flight',
      description: 'pending: no replica has received them; in flight: received, and not acknowledged.',
      unit: 'short',
      queries: [
        [`max by (service, stream) (consumer_pending{${ofService}})`, '{{service}} ← {{stream}} pending'],
        [
          `max by (service, stream) (consumer_ack_pending{${ofService}})`,
          '{{service}} ← {{stream}} in flight',
        ],
      ],
    },
    {
      title: 'Redeliveries a second',
      description: 'A message is redelivered when it failed, or its replica was slow or died.',
      unit: 'ops',
      queries: [
        [
          `sum by (service, stream) (rate(consumer_redeliveries_total{${ofService}}${inWindow}))`,
          '{{service}} ← {{stream}}',
        ],
      ],
    },
    {
      title: 'Dead letters that were not handled since',
      description: 'Runbook poison-message.',
      unit: 'short',
      queries: [[`max by (service) (dead_letters_unhandled{${ofService}})`, '{{service}}']],
    },
    {
      title: 'New dead letters, by event and reason',
      description: 'In the last hour.',
      unit: 'short',
      queries: [
        [
          `sum by (service, event, reason) (increase(dead_letters_total{${ofService}}[1h])) > 0`,
          '{{service}} {{event}}: {{reason}}',
        ],
      ],
    },
    {
      title: 'Payments without a known outcome',
      description:
        'How many, and for how long the provider is asked for the oldest (runbook provider-silent).',
      unit: 'short',
      queries: [
        [`max by (status) (payments_unknown{${ofAll}})`, '{{status}}'],
        [`max by (status) (payments_unknown_oldest_seconds{${ofAll}})`, '{{status}}: seconds'],
      ],
    },
  ],
}
