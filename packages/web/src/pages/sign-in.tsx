import { useEffect, useRef, useState } from 'preact/hooks'
import { me, signInNeeded, signInWith, signOut } from '../api/client.ts'
import { problemWith, tokenIn } from '../api/token-text.ts'
import { t } from '../texts/texts.ts'
import { Failure } from '../ui/parts.tsx'

export function SignInForm() {
  const why = signInNeeded.value
  const field = useRef<HTMLTextAreaElement>(null)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  // The page before is gone, and the keyboard's focus with it.
  useEffect(() => field.current?.focus(), [why])
  return (
    <section class="sign-in">
      <h1>{t.signIn.title}</h1>
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
        <label for="token">{t.signIn.token}</label>
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
          {t.signIn.hint} {t.signIn.onOwnMachine} <code>npx pnpm@12 -s sign-in --role operator</code>
        </p>
        <button type="submit" class="primary">
          {t.signIn.title}
        </button>
      </form>
    </section>
  )
}

export function SignedIn() {
  const caller = me.value
  if (!caller) return null
  if (caller.signIn === 'off') return <span class="who">{t.signIn.off}</span>
  return (
    <span class="who">
      {caller.role}
      {caller.branchId !== undefined && ` ${caller.branchId}`}
      <button type="button" onClick={() => signOut()}>
        {t.signIn.out}
      </button>
    </span>
  )
}
