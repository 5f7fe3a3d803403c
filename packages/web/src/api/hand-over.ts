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

/** Other tabs answer within this time; one that is asleep does not. */
const answerMs = 150

/**
 * Asks the other tabs.
 * @returns the token of the tab that was seen last, which is where the link was opened; undefined if none answers
 */
export function askForToken(channel: BroadcastChannel, waitMs = answerMs): Promise<string | undefined> {
  const ask = Math.random()
  let best: Answer | undefined
  const listen = ({ data }: MessageEvent<Message>) => {
    if ('to' in data && data.to === ask && (!best || data.seen > best.seen)) best = data
  }
  channel.addEventListener('message', listen)
  channel.postMessage({ ask } satisfies Ask)
  return new Promise((resolve) => {
    setTimeout(() => {
      channel.removeEventListener('message', listen)
      resolve(best?.token)
    }, waitMs)
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
