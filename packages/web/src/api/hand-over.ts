// A browser gives a tab of its own no session storage of another. So a tab without a token asks the other tabs of this
// page for theirs. (docs/decisions/0045-a-tab-asks-for-the-token.md)

interface Ask {
  readonly ask: number
}

interface Answer {
  /** The number of the question. */
  readonly to: number
  readonly token: string
  /** When the tab was last visible, in ms. */
  readonly seen: number
}

type Message = Ask | Answer

/** A busy browser takes so long; a tab that is asleep does not answer. */
const answerMs = 600
/** After the first answer, others come within this time. */
const othersMs = 50

/**
 * Asks the other tabs.
 * @returns the token of the tab that was seen last, which is where the link was opened; undefined if none answers
 */
export function askForToken(channel: BroadcastChannel, waitMs = answerMs): Promise<string | undefined> {
  const ask = Math.random()
  let best: Answer | undefined
  return new Promise((resolve) => {
    const end = () => {
      channel.removeEventListener('message', listen)
      resolve(best?.token)
    }
    let timer = setTimeout(end, waitMs)
    function listen({ data }: MessageEvent<Message>): void {
      if (!('to' in data) || data.to !== ask) return
      if (!best) {
        clearTimeout(timer)
        timer = setTimeout(end, othersMs)
      }
      if (!best || data.seen > best.seen) best = data
    }
    channel.addEventListener('message', listen)
    channel.postMessage({ ask } satisfies Ask)
  })
}

/**
 * Answers tabs that ask.
 * @param own this tab's token while the gateway accepts it
 */
export function answerTabs(
  channel: BroadcastChannel,
  own: () => string | undefined,
  seen: () => number,
): void {
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    const token = own()
    if ('ask' in data && token !== undefined)
      channel.postMessage({ to: data.ask, token, seen: seen() } satisfies Answer)
  })
}
