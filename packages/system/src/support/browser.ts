import { isExecutable, onPath } from '@saucery/servers/process/programs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/**
 * A Chromium to drive: `CHROMIUM` in the environment, else one on the PATH, else Playwright's own.
 * @throws when there is none, with how to get one
 */
function findBrowser(env = process.env): string {
  const candidates = [
    env.CHROMIUM,
    ...programs.flatMap((name) => onPath(name, env)),
    chromium.executablePath(),
  ]
  const found = candidates.find((file) => file && isExecutable(file))
  if (found) return found
  throw new Error(
    'There is no browser to test the page with. Install chromium (Debian: apt-get install chromium), or ' +
      "Playwright's own (npx playwright install chromium), or set CHROMIUM to one.",
  )
}

export interface TestBrowser extends AsyncDisposable {
  /** A page of a browser profile of its own. What the page itself complains of fails the test: see `complaints`. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>
  /** Closes all pages: each goes on asking, and the gateway counts how often. */
  closePages(): Promise<void>
  /** Errors and uncaught exceptions of all pages, without failed requests: those are some tests' intent. */
  readonly complaints: readonly string[]
}

export async function testBrowser(): Promise<TestBrowser> {
  // Root has no sandbox; the pages are our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser: Browser = await chromium.launch({ executablePath: findBrowser(), args })
  const complaints: string[] = []
  return {
    complaints,
    async open(url, options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text())
      })
      await page.goto(url)
      return page
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}
