/** The page in English: labels, not sentences, and functions where a text has values in it. */
export const en = {
  frame: {
    skip: 'Skip to content',
    pages: 'Pages',
    orders: 'Orders',
    overdue: 'Overdue',
    deliveries: 'Deliveries',
    operations: 'Operations',
    language: 'Language',
    notFound: 'Page not found',
    closedTo: (role: string) => `It may also be closed to the role ${role}.`,
    toStart: 'Go to the start page',
    orderTitle: (id: string) => `Order ${id}`,
  },
  time: {
    ms: (n: number) => `${n} ms`,
    s: (n: number) => `${n} s`,
    min: (n: number) => `${n} min`,
    h: (n: number) => `${n} h`,
    d: (n: number) => `${n} d`,
    now: 'now',
    in: (span: string) => `in ${span}`,
    ago: (span: string) => `${span} ago`,
  },
  connection: {
    connecting: 'Connecting…',
    live: 'Live',
    reconnecting: 'Reconnecting…',
    off: 'No live updates',
  },
}

/** What each language has. */
export type Texts = typeof en
