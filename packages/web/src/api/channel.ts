/** A channel to the other tabs. Some browsers have none, or deny it to a page in a frame. */
export function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name)
  } catch {
    return undefined
  }
}
