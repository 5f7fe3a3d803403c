/** A block of commands on a page, and the answer that is printed below it. */
export interface Step {
  readonly heading: string
  readonly script: string
  readonly answer: string | undefined
}

const parts = /^## (?<heading>.+)$|^```sh\n(?<script>[\s\S]*?)^```$|^```text\n(?<answer>[\s\S]*?)^```$/gm

/** The commands of a page in their order; an answer belongs to the block before it. */
export function stepsOf(page: string): Step[] {
  let heading = ''
  const steps: Step[] = []
  for (const { groups = {} } of page.matchAll(parts)) {
    if (groups.heading !== undefined) heading = groups.heading
    else if (groups.script !== undefined) steps.push({ heading, script: groups.script, answer: undefined })
    else steps.push({ ...(steps.pop() as Step), answer: groups.answer })
  }
  return steps
}

/** The first line of an answer that the output does not have, after those before it; `…` stands for anything. */
export function missingFrom(output: string, answer: string): string | undefined {
  const said = output.split('\n')
  let from = 0
  for (const line of answer.trimEnd().split('\n')) {
    const pattern = new RegExp(`^${line.split('…').map(literally).join('.*')}$`)
    const at = said.slice(from).findIndex((text) => pattern.test(text))
    if (at === -1) return line
    from += at + 1
  }
  return undefined
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
