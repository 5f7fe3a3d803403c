import { signal } from '@preact/signals'
import { CallRefused } from '@saucery/client/errors'
import type { ComponentChildren } from 'preact'
import { problemText } from '../api/problem-text.ts'
import { t } from '../texts/texts.ts'

/** What a screen reader reads out next. */
export const announcement = signal('')

/** An error, with its code and the request's id in the logs. */
export function Failure({ error }: { error: Pick<Error, 'message'> | undefined }) {
  if (!error) return null
  return (
    <p class="failure" role="alert">
      {problemText(error)}
      {error instanceof CallRefused && (
        <small>
          {error.code}
          {error.requestId && ` · ${t.common.request(error.requestId)}`}
        </small>
      )}
    </p>
  )
}

/** Names and their values; leaves out those that are undefined. */
export const Details = ({ of }: { of: Readonly<Record<string, ComponentChildren>> }) => (
  <dl class="details">
    {Object.entries(of).map(([name, value]) =>
      value === undefined ? null : (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ),
    )}
  </dl>
)

interface ListStateProps {
  readonly items: readonly unknown[] | undefined
  readonly error: Error | undefined
  readonly empty: string
}

/** What a list shows instead of items: an error, that it loads, or that it is empty. */
export const ListState = ({ items, error, empty }: ListStateProps) => (
  <>
    <Failure error={error} />
    {!items && !error && <p class="nothing">{t.common.loading}</p>}
    {items?.length === 0 && <p class="nothing">{empty}</p>}
  </>
)
