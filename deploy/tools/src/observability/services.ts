import type { Dashboard } from './dashboard.ts'
import { calls, inWindow, ofAll, ofService, quantile } from './queries.ts'

export const servicesDashboard: Dashboard = {
  uid: 'saucery-services',
  title: 'Saucery: services',
  description: 'Whether each service answers, how fast, and whether it does its work.',
  panels: [
    {
      title: 'Replicas that answer',
      description: 'By service. None: see the runbook service-down.',
      unit: 'short',
      kind: 'stat',
      queries: [[`sum by (service) (up{${ofService}})`, '{{service}}']],
    },
    {
      title: 'Stores that the services can use',
      description: '1: yes; 0: at least one replica cannot (runbook store-away).',
      unit: 'short',
      kind: 'stat',
      queries: [[`min by (service, store) (store_up{${ofService}})`, '{{service}} → {{store}}']],
    },
    {
      title: 'Payment breaker',
      description: 'Open: requests that insist on their payment are refused (runbook breaker-open).',
      unit: 'short',
      queries: [
        [`max by (state) (payment_breaker_state{${ofAll}})`, '{{state}}'],
        [`sum by (outcome) (rate(payment_breaker_calls_total{${ofAll}}${inWindow}))`, '{{outcome}} a second'],
      ],
    },
    {
      title: 'Requests a second, by route and status',
      description:
        'Without probes and scrapes. The gateway has each request once, and its service once more.',
      unit: 'reqps',
      width: 16,
      queries: [
        [
          `sum by (service, method, route, status) (rate(http_request_duration_seconds_count{${calls}}${inWindow}))`,
          '{{service}} {{method}} {{route}} {{status}}',
        ],
      ],
    },
    {
      title: 'Share of answers with 5xx',
      description: 'Over 5 %: runbook http-errors.',
      unit: 'percentunit',
      queries: [
        [
          `(sum by (service) (rate(http_request_duration_seconds_count{${calls}, status=~"5.."}${inWindow})) or 0 * sum by (service) (rate(http_request_duration_seconds_count{${calls}}${inWindow}))) / sum by (service) (rate(http_request_duration_seconds_count{${calls}}${inWindow}))`,
          '{{service}}',
        ],
      ],
    },
    {
      title: 'Time to answer, p50 and p99',
      description: 'Without live feeds. Requests that wait on purpose (Prefer: wait) are in it.',
      unit: 's',
      width: 16,
      queries: [0.5, 0.99].map((share) => [
        quantile(
          share,
          'http_request_duration_seconds',
          `${calls}, route!="/orderDashboards/live"`,
          'service',
        ),
        `{{service}} p${share * 100}`,
      ]),
    },
    {
      title: 'Handlers that failed, a second',
      description: 'failed: the service’s own code; unavailable: a store was away or a row was locked.',
      unit: 'ops',
      queries: [
        [
          `sum by (service, failure) (rate(event_handler_failures_total{${ofService}}${inWindow}))`,
          '{{service}} {{failure}}',
        ],
      ],
    },
  ],
}
