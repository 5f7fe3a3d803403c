import { signal } from '@preact/signals'
import { CallRefused } from '@saucery/client/errors'
import { isTransient } from '@saucery/client/retry'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { client, may, me, signInNeeded, signOut, token } from '../api/client.ts'
import { problemText } from '../api/problem-text.ts'
import { untilAnswered } from '../api/retry.ts'
import { Board } from '../board/board.tsx'
import { Keyboard } from '../keys/keyboard.tsx'
import { ConnectionMark } from '../live/connection.tsx'
import { DrillBanner } from '../operations/drill-banner.tsx'
import { Badge, HealthStrip } from '../operations/health-strip.tsx'
import { OperationsPage } from '../operations/operations.tsx'
import { OrderPage } from '../order/order-page.tsx'
import { t } from '../texts/texts.ts'
import { announcement, Failure } from '../ui/parts.tsx'
import { type Route, route } from '../ui/router.ts'
import { DeliveriesPage } from './deliveries.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { OverduePage } from './overdue.tsx'
import { SignedIn, SignInForm } from './sign-in.tsx'

/** The pages with a link, and what a caller needs to see it. */
const pages = [
  { page: 'board', label: t.frame.orders, needs: 'read-views', Content: Board },
  { page: 'waiting', label: t.frame.overdue, needs: 'read-views', Content: OverduePage },
  { page: 'deliveries', label: t.frame.deliveries, needs: 'read-deliveries', Content: DeliveriesPage },
  { page: 'operations', label: t.frame.operations, needs: 'operate', Content: OperationsPage },
] as const

/** Pages of the gateway itself, for everyone. */
const references = [
  { path: 'events', label: t.frame.events },
  { path: 'docs', label: t.frame.calls },
  { path: 'asyncapi.json', label: t.frame.eventsAsJson },
]

const failure = signal<Error | undefined>(undefined)

async function readMe(stopped: AbortSignal): Promise<void> {
  const caller = await untilAnswered(
    () => client.get('/me', { signal: stopped }),
    stopped,
    (error) => {
      if (signInNeeded.value !== undefined) return
      // Another tab may have a token. (api/client.ts)
      if (token.value === undefined && error instanceof CallRefused && error.status === 401) return
      // Refused for good, for a role that is not known or a header that is too long: another token is needed.
      if (token.value !== undefined && !isTransient(error)) signOut(problemText(error))
      else failure.value = error
    },
  )
  if (!caller) return
  me.value = caller
  failure.value = undefined
}

/** Reads `/me` for each new token. */
function useMe(): void {
  const current = token.value
  useEffect(() => {
    // The reason of the last sign-out stays until there is another token.
    if (signInNeeded.value !== undefined) return
    const stopped = new AbortController()
    void readMe(stopped.signal)
    return () => stopped.abort()
  }, [current])
}

/** The page to show: without a right to orders the deliveries, and without a right to operations none. */
function permittedRoute(): Route {
  const { page } = route.value
  if (!me.value) return route.value
  if (page === 'operations') return may('operate') ? route.value : { ...route.value, page: 'nowhere' }
  return may('read-views') ? route.value : { ...route.value, page: 'deliveries' }
}

/** After a change of page, moves the keyboard's focus to its top. */
function useFocusOnNewPage({ page, orderId }: Route) {
  const main = useRef<HTMLElement>(null)
  const before = useRef<string | undefined>(undefined)
  // Before the page's own title, which says more. (ui/use-title.ts)
  useLayoutEffect(() => {
    document.title = titleOf(page, orderId)
  }, [page, orderId])
  useEffect(() => {
    const current = `${page} ${orderId}`
    if (before.current !== undefined && before.current !== current) {
      main.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    before.current = current
  }, [page, orderId])
  return main
}

export function App() {
  useMe()
  const shown = permittedRoute()
  const main = useFocusOnNewPage(shown)
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t.frame.skip}
      </button>
      <header>
        <a class="brand" href="#/">
          Saucery
        </a>
        <nav aria-label={t.frame.pages}>
          {pages
            .filter(({ needs }) => may(needs))
            .map(({ page, label }) => (
              <a
                key={page}
                href={page === 'board' ? '#/' : `#/${page}`}
                aria-current={currentAs(page, shown.page)}
              >
                {label} <Badge page={page} />
              </a>
            ))}
        </nav>
        {may('operate') && <HealthStrip />}
        <ConnectionMark />
        {me.value && <Keyboard />}
        <LanguageSwitch />
        <SignedIn />
      </header>
      <DrillBanner />
      <main id="main" ref={main} tabIndex={-1}>
        {signInNeeded.value !== undefined ? <SignInForm /> : <Failure error={failure.value} />}
        {me.value && <Page route={shown} />}
      </main>
      <footer>
        <nav aria-label={t.frame.reference}>
          {references.map(({ path, label }) => (
            <a key={path} href={path}>
              {label}
            </a>
          ))}
        </nav>
      </footer>
      <div class="hidden" aria-live="polite">
        {announcement.value}
      </div>
    </>
  )
}

/** An order's page belongs to the board. */
const currentAs = (link: Route['page'], page: Route['page']) =>
  link === page ? 'page' : link === 'board' && page === 'order' ? 'true' : undefined

function titleOf(page: Route['page'], orderId: string | undefined): string {
  const title =
    page === 'order' ? t.frame.orderTitle(orderId ?? '') : pages.find((it) => it.page === page)?.label
  return title ? `${title} · Saucery` : 'Saucery'
}

function Page({ route: { page, orderId } }: { route: Route }) {
  if (page === 'order') return <OrderPage key={orderId} orderId={orderId ?? ''} />
  const Content = pages.find((it) => it.page === page)?.Content ?? NotFound
  return <Content />
}

const NotFound = () => (
  <section>
    <h1>{t.frame.notFound}</h1>
    {me.value && !may('operate') && <p>{t.frame.closedTo(me.value.role)}</p>}
    <p>
      <a href="#/">{t.frame.toStart}</a>
    </p>
  </section>
)
