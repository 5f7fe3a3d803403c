import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Refused } from '../api/api.ts'
import { api } from '../api/client.ts'
import { may, me, signInNeeded, signOut, token } from '../api/session.ts'
import type { Me } from '../api/types.ts'
import { Board } from '../board/board.tsx'
import { ConnectionMark } from '../live/connection.tsx'
import { OperationsPage } from '../operations/operations.tsx'
import { OrderPage } from '../order/order-page.tsx'
import { announcement } from '../ui/announce.ts'
import { Failure } from '../ui/parts.tsx'
import { type Route, route } from '../ui/router.ts'
import { DeliveriesPage } from './deliveries.tsx'
import { SignIn, Who } from './sign-in.tsx'
import { WaitingPage } from './waiting.tsx'

const links = [
  { page: 'board', href: '#/', label: 'Orders', needs: 'read-views' },
  { page: 'waiting', href: '#/waiting', label: 'Waiting too long', needs: 'read-views' },
  { page: 'deliveries', href: '#/deliveries', label: 'Deliveries', needs: 'read-deliveries' },
  { page: 'operations', href: '#/operations', label: 'Operations', needs: 'operate' },
] as const

const failure = signal<Error | undefined>(undefined)
const tryAgainMs = 3000

/** Asks who is signed in, until somebody answers. */
function useMe(): void {
  const shown = token.value
  useEffect(() => {
    // What was wrong with the last token is to be read until there is another one.
    if (signInNeeded.value !== undefined) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const stopped = new AbortController()
    const read = async () => {
      try {
        me.value = await api.get<Me>('me', stopped.signal)
        failure.value = undefined
      } catch (error) {
        if (stopped.signal.aborted || signInNeeded.value !== undefined) return
        // A token without a role that is known: another one is needed.
        if (error instanceof Refused && error.status === 403) return signOut(error.message)
        failure.value = error as Error
        timer = setTimeout(read, tryAgainMs)
      }
    }
    void read()
    return () => {
      stopped.abort()
      clearTimeout(timer)
    }
  }, [shown])
}

/** Who sees no orders has the deliveries in their place; what is not for them is nowhere. */
function shown(): Route {
  const { page } = route.value
  if (!me.value) return route.value
  if (page === 'operations') return may('operate') ? route.value : { ...route.value, page: 'nowhere' }
  return may('read-views') ? route.value : { ...route.value, page: 'deliveries' }
}

function leadTo(main: HTMLElement | null): void {
  main?.focus({ preventScroll: true })
  scrollTo(0, 0)
}

export function App() {
  useMe()
  const { page, orderId } = shown()
  const main = useRef<HTMLElement>(null)
  const signedIn = me.value !== undefined
  // Another page is read from its heading on; the first one from the top.
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    const place = `${page} ${orderId}`
    document.title = titleOf(shown())
    if (before.current !== undefined && before.current !== place) leadTo(main.current)
    before.current = place
  }, [page, orderId])

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header>
        <a class="brand" href="#/">
          Saucery
        </a>
        <nav aria-label="Pages">
          {links
            .filter(({ needs }) => may(needs))
            .map((link) => (
              <a key={link.page} href={link.href} aria-current={currentAs(link.page, page)}>
                {link.label}
              </a>
            ))}
        </nav>
        <ConnectionMark />
        <Who />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {signInNeeded.value !== undefined ? <SignIn /> : <Failure error={failure.value} />}
        {signedIn && <Page route={shown()} />}
      </main>
      <div class="hidden" aria-live="polite">
        {announcement.value}
      </div>
    </>
  )
}

/** An order's page is one of the board's. */
const currentAs = (link: Route['page'], page: Route['page']) =>
  link === page ? 'page' : link === 'board' && page === 'order' ? 'true' : undefined

function titleOf({ page, orderId }: Route): string {
  const title = page === 'order' ? `Order ${orderId}` : links.find((link) => link.page === page)?.label
  return title ? `${title} · Saucery` : 'Saucery'
}

function Page({ route: { page, orderId } }: { route: Route }) {
  switch (page) {
    case 'board':
      return <Board />
    case 'order':
      return <OrderPage key={orderId} orderId={orderId ?? ''} />
    case 'waiting':
      return <WaitingPage />
    case 'deliveries':
      return <DeliveriesPage />
    case 'operations':
      return <OperationsPage />
    case 'nowhere':
      return (
        <section>
          <h1>There is no such page</h1>
          {me.value && !may('operate') && <p>Or it is not for a {me.value.role}.</p>}
          <p>
            <a href="#/">To the beginning</a>
          </p>
        </section>
      )
  }
}
