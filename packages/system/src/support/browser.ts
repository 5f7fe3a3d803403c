import { after, afterEach, before } from 'node:test'
import { isExecutable, onPath } from '@saucery/servers/process/programs'
import { type BrowserContextOptions, chromium, firefox } from 'playwright-core'
import { type RunningSystem, runningSystem } from './running-system.ts'

const engines = {
  chromium: {
    variable: 'CHROMIUM',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
    others: [chromium.executablePath()],
  },
  firefox: { variable: 'FIREFOX', programs: ['firefox-esr', 'firefox'], others: [] },
} as const

type Engine = keyof typeof engines

/** The program that the environment names, else one on the PATH, else Playwright's own. */
export function findBrowser(engine: Engine, env = process.env): string | undefined {
  const { variable, programs, others } = engines[engine]
  const candidates = [env[variable], ...programs.flatMap((name) => onPath(name, env)), ...others]
  return candidates.find((file) => file && isExecutable(file))
}

function launch(engine: Engine, args: readonly string[]) {
  const executablePath = findBrowser(engine)
  if (!executablePath)
    throw new Error(
      `No ${engine} was found to test the page with. Install it (Debian: apt-get install chromium firefox-esr), or ` +
        `set ${engines[engine].variable} to one.`,
    )
  // The channel that drives a Firefox as distributions have it.
  if (engine === 'firefox') return firefox.launch({ executablePath, channel: 'moz-firefox', args: [...args] })
  // Chromium's sandbox does not run as root; the pages are our own.
  const unsafe = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath, args: [...unsafe, ...args] })
}

type TestBrowser = Awaited<ReturnType<typeof testBrowser>>

export async function testBrowser(args: readonly string[] = [], engine: Engine = 'chromium') {
  const browser = await launch(engine, args)
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
