import type { Print } from '@saucery/servers/process/child'

interface Limit {
  readonly most?: number
  readonly everyMs?: number
}

/** Prints at most so many lines in each period, and at its end how many more there were. */
export function limitLines(print: Print, { most = 4, everyMs = 1_000 }: Limit = {}): Print {
  let [printed, more] = [0, 0]
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(end, everyMs).unref()
  }
  const end = () => {
    timer = undefined
    printed = 0
    if (more === 0) return
    print(`… ${more} more`)
    more = 0
    begin()
  }
  return (line) => {
    if (!timer) begin()
    if (printed < most) print(line)
    else more += 1
    printed += 1
  }
}
