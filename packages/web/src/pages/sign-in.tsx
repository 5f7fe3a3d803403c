import { useEffect, useRef, useState } from 'preact/hooks'
import { me, signInNeeded, signInWith, signOut } from '../api/session.ts'

/** Asks for a token. Where tokens come from is for whoever runs the system to say. */
export function SignIn() {
  const [missing, setMissing] = useState(false)
  const why = signInNeeded.value
  const field = useRef<HTMLTextAreaElement>(null)
  // What was here before is gone, and whoever was on it.
  useEffect(() => field.current?.focus(), [why])
  return (
    <section class="sign-in">
      <h1>Sign in</h1>
      {why && (
        <p class="failure" role="alert">
          {why}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const text = String(new FormData(event.currentTarget).get('token')).trim()
          setMissing(text === '')
          if (text !== '') signInWith(text.replace(/^bearer\s+/i, ''))
        }}
      >
        <label for="token">Token</label>
        <textarea
          id="token"
          ref={field}
          name="token"
          rows={4}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={missing ? 'token-error token-hint' : 'token-hint'}
          aria-invalid={missing}
        />
        {missing && (
          <small id="token-error" class="field-error" role="alert">
            There is no token yet
          </small>
        )}
        <p id="token-hint">
          A JWT from whoever signs people in here. On your own machine:{' '}
          <code>npx pnpm@12 -s sign-in --role operator</code> (docs/sign-in.md tells of other roles). It is
          kept in this tab alone, until the tab is closed.
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </section>
  )
}

/** Who is signed in, and the way out. */
export function Who() {
  const who = me.value
  if (!who) return null
  if (who.signIn === 'off') return <span class="who">Sign-in is off</span>
  return (
    <span class="who">
      {who.role}
      {who.branchId !== undefined && ` ${who.branchId}`}
      <button type="button" onClick={() => signOut()}>
        Sign out
      </button>
    </span>
  )
}
