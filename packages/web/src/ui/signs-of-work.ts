/** A button that works for longer shows it. */
const signAfterMs = 150

/** The button that is being pressed, while its event is handled: also by a key, and the one that sends a form. */
let pressed: HTMLElement | undefined

function remember(button: unknown): void {
  pressed = button instanceof HTMLElement ? button : undefined
  // Work that begins later is not this button's.
  setTimeout(() => {
    pressed = undefined
  })
}

if (typeof document !== 'undefined' && 'documentElement' in document) {
  const capture = true
  document.addEventListener(
    'click',
    ({ target }) => remember(target instanceof Element ? target.closest('button') : undefined),
    { capture },
  )
  document.addEventListener('submit', ({ submitter }) => remember(submitter), { capture })
}

/** Marks the pressed button as busy while the work lasts. (page-board.sys.test: "shows that a button works, once that takes a while") */
export async function withSignOfWork(work: () => Promise<void>): Promise<void> {
  const button = pressed
  const timer = setTimeout(() => button?.setAttribute('aria-busy', 'true'), signAfterMs)
  try {
    await work()
  } finally {
    clearTimeout(timer)
    button?.removeAttribute('aria-busy')
  }
}
