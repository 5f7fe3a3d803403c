import { after, afterEach, before } from 'node:test'
import { isExecutable, onPath } from '@saucery/servers/process/programs'
import { type BrowserContextOptions, chromium } from 'playwright-core'
import { type RunningSystem, runningSystem } from './running-system.ts'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** Chromium: `CHROMIUM` in the environment, else one on the PATH, else Playwright's own. */
function findBrowser(env = process.env): string {
  const candidates = [
    env.CHROMIUM,
    ...programs.flatMap((name) => onPath(name, env)),
    chromium.executablePath(),
  ]
  const found = candidates.find((file) => file && isExecutable(file))
  if (found) return found
  throw new Error(
    'No browser was found to test the page with. Install chromium (Debian: apt-get install chromium), or ' +
      "Playwright's own (npx playwright install chromium), or set CHROMIUM to one.",
  )
}

type TestBrowser = Awaited<ReturnType<typeof testBrowser>>

export async function testBrowser(args: readonly string[] = []) {
  // Chromium's sandbox does not run as root; the pages are our own.
  const unsafe = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...unsafe, ...args] })
  const pageErrors: string[] = []
  return {
    /** Logged errors and uncaught exceptions of all pages. Failed requests are left out: some tests cause them. */
    pageErrors,
    /**
     * Opens a page in a browser profile of its own.
     * @param script runs in the page before its own
     */
    async open(url: string, options: BrowserContextOptions = {}, script = '') {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
      await context.addInitScript(script)
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      page.on('pageerror', (error) => pageErrors.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          pageErrors.push(message.text())
      })
      await page.goto(url)
      return page
    },
    /** Closes all pages: open ones go on polling, and use up the gateway's rate limit. */
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** The system with these settings and a browser with these arguments, for all tests of a file. Pages are closed after each test. */
export function inBrowser(settings?: NodeJS.ProcessEnv, args?: readonly string[]) {
  const running = {} as { system: RunningSystem; browser: TestBrowser }
  before(async () => {
    running.system = await runningSystem(settings)
    running.browser = await testBrowser(args)
  })
  afterEach(() => running.browser.closePages())
  after(async () => {
    await running.browser[Symbol.asyncDispose]()
    await running.system[Symbol.asyncDispose]()
  })
  const open = (options?: BrowserContextOptions, script?: string) =>
    running.browser.open(running.system.urls.gateway, options, script)
  return { running, open }
}
