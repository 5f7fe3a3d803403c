import { isIPv6 } from 'node:net'

/** One client often has a whole IPv6 /64 to choose addresses from, so such a network counts as one client. */
export function networkOf(client: string): string {
  if (!isIPv6(client)) return client
  const [before = [], after = []] = client.split('::').map(groupsOf)
  const zeros = Array<string>(Math.max(8 - before.length - after.length, 0)).fill('0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}

const groupsOf = (part: string): string[] =>
  part === '' ? [] : part.split(':').map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
