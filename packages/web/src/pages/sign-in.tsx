import { useEffect, useRef, useState } from 'preact/hooks'
import { me, signInNeeded, signInWith, signOut } from '../api/client.ts'
import { problemWith, tokenIn } from '../api/token-text.ts'
import { Failure } from '../ui/parts.tsx'

export function SignInForm() {
  const why = signInNeeded.value
  const field = useRef<HTMLTextAreaElement>(null)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  // The page before is gone, and the keyboard's focus with it.
  useEffect(() => field.current?.focus(), [why])
  return (
    <section class="sign-in">
      <h1>Sign in</h1>
      <Failure error={why ? { message: why } : undefined} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const token = tokenIn(field.current?.value ?? '')
          const found = problemWith(token)
          setProblem(found)
          if (found === undefined) signInWith(token)
          else field.current?.focus()
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
          required
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? 'token-hint' : 'token-error token-hint'}
        />
        {problem !== undefined && (
          <small id="token-error" class="field-error" role="alert">
            {problem}
          </small>
        )}
        <p id="token-hint">
          Paste a JWT from your identity provider. On your own machine, make one with{' '}
          <code>npx pnpm@12 -s sign-in --role operator</code> (other roles: docs/sign-in.md). The page keeps
          it in this tab only, until the tab is closed.
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </section>
  )
}

export function SignedIn() {
  const caller = me.value
  if (!caller) return null
  if (caller.signIn === 'off') return <span class="who">Sign-in is off</span>
  return (
    <span class="who">
      {caller.role}
      {caller.branchId !== undefined && ` ${caller.branchId}`}
      <button type="button" onClick={() => signOut()}>
        Sign out
      </button>
    </span>
  )
}
