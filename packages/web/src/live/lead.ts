/** The pages that share a channel, as one of them takes part. `Content`: what the leader sends. */
export interface Group<Content> {
  readonly channel: BroadcastChannel
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener'>
  readonly stopped: AbortSignal
  /** What the leader sends with its sign of life. */
  content(): Content
  /** Called with what the leader sends. */
  onContent(content: Content): void
  /** Whether this page, while it is alone, leads in a way that suits no other. */
  readonly isSelective: boolean
  /** This page leads until `term` is aborted. */
  lead(term: AbortSignal, suitsAll: boolean): void
  /** No page leads. */
  onLost(): void
  readonly beatMs?: number
}

/** `from`: the number of the page. */
type Message<Content> =
  | { readonly from: number; readonly type: 'hello' | 'leave' }
  | { readonly from: number; readonly type: 'lead'; readonly content: Content }

const joinMs = 150
const leftMs = 75

/**
 * Makes one of a browser's visible pages the leader. A leader that is closed or hidden says so; one that is silent for
 * two of its signs of life, because it hangs or was killed, is replaced too. Of two leaders the one with the smaller
 * number stays. (Web Locks and service workers would do it, but plain HTTP beyond localhost has neither.)
 * @returns sends the other pages something, from the page that leads
 */
export function joinGroup<Content>(group: Group<Content>): (content: Content) => void {
  const { channel, page, stopped, beatMs = 1000 } = group
  const self = Math.random()
  let term: AbortController | undefined
  let suitsAll = !group.isSelective
  let timer: ReturnType<typeof setTimeout> | undefined

  const isVisible = () => page.visibilityState === 'visible'
  const send = (type: 'hello' | 'leave') => channel.postMessage({ from: self, type })
  const sendContent = (content: Content) => channel.postMessage({ from: self, type: 'lead', content })

  /** Random, so that seldom two pages take over at once. */
  function takeOverAfter(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => (isVisible() ? begin() : group.onLost()), ms * (1 + Math.random() / 2))
  }
  function begin(): void {
    term?.abort()
    term = new AbortController()
    group.lead(term.signal, suitsAll)
    beat()
  }
  function end(): void {
    clearTimeout(timer)
    term?.abort()
    term = undefined
  }
  function beat(): void {
    clearTimeout(timer)
    sendContent(group.content())
    timer = setTimeout(beat, beatMs)
  }
  function join(): void {
    send('hello')
    takeOverAfter(joinMs)
  }
  function leave(): void {
    if (term) send('leave')
    end()
  }

  channel.onmessage = ({ data }: MessageEvent<Message<Content>>) => {
    const suited = suitsAll
    suitsAll = true
    if (term && !suited) begin()
    if (data.type === 'lead') {
      if (term && self < data.from) return beat()
      end()
      takeOverAfter(2 * beatMs)
      group.onContent(data.content)
    } else if (data.type === 'hello' && term) beat()
    else if (data.type === 'leave' && !term) takeOverAfter(leftMs)
  }
  page.addEventListener(
    'visibilitychange',
    () => {
      if (isVisible()) return join()
      if (term) group.onLost()
      leave()
    },
    { signal: stopped },
  )
  stopped.addEventListener('abort', () => {
    leave()
    channel.close()
  })
  if (isVisible()) join()
  return sendContent
}
