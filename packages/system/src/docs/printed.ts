/** A block of commands on a page, and the answer that the page prints below it. */
interface PrintedCommand {
  readonly heading: string
  readonly script: string
  readonly answer: string | undefined
}

/**
 * The commands of a page in their order; an answer belongs to the block before it.
 * @param where what follows `sh` and `text` at the blocks: `cluster` for those that need one, nothing for the others
 */
export function commandsOf(page: string, where = ''): PrintedCommand[] {
  const mark = where === '' ? '' : ` ${where}`
  const parts = new RegExp(
    `^## (?<heading>.+)$|^\`\`\`sh${mark}\\n(?<script>[\\s\\S]*?)^\`\`\`$|^\`\`\`text${mark}\\n(?<answer>[\\s\\S]*?)^\`\`\`$`,
    'gm',
  )
  let heading = ''
  const commands: PrintedCommand[] = []
  for (const { groups = {} } of page.matchAll(parts)) {
    if (groups.heading !== undefined) heading = groups.heading
    else if (groups.script !== undefined) commands.push({ heading, script: groups.script, answer: undefined })
    else commands.push({ ...(commands.pop() as PrintedCommand), answer: groups.answer })
  }
  return commands
}

/** The first line of the answer that is not in the output after the line before it. `…` stands for any text. */
export function missingFrom(output: string, answer: string): string | undefined {
  const lines = output.split('\n')
  let from = 0
  for (const line of answer.trimEnd().split('\n')) {
    const pattern = new RegExp(`^${line.split('…').map(literally).join('.*')}$`)
    const at = lines.slice(from).findIndex((text) => pattern.test(text))
    if (at === -1) return line
    from += at + 1
  }
  return undefined
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
