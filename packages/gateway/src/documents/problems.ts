import { readFileSync } from 'node:fs'

/** Where `pnpm --filter @saucery/gateway documents` writes the page. */
export const problemsFile = new URL('../../generated/problems.html', import.meta.url)

const list = new URL('../../../../docs/problems.md', import.meta.url)

interface ProblemType {
  readonly status: string
  readonly code: string
  readonly when: string
  readonly whatToDo: string
}

/** Every problem in docs/problems.md, which a test keeps complete. (problems.test: "has every problem of the sources, with its status") */
export function problemTypes(): ProblemType[] {
  const rows = readFileSync(list, 'utf8').matchAll(/^\| (\d{3}) +\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)
  return [...rows].map(([, status = '', code = '', when = '', whatToDo = '']) => ({
    status,
    code,
    when,
    whatToDo,
  }))
}

const html = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/`([^`]+)`/g, '<code>$1</code>')

const entry = ({
  status,
  code,
  when,
  whatToDo,
}: ProblemType) => `<dt id="${code}"><code>${code}</code>, ${status}</dt>
<dd>${html(when)}. What to do: ${html(whatToDo)}.</dd>`

/** The page that the `type` of each problem leads to. */
export const problemsPage = (): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems of Saucery</title>
<h1>Problems</h1>
<p>Every error is answered with one of these codes (RFC 9457).</p>
<dl>
${problemTypes().map(entry).join('\n')}
</dl>
</html>
`
