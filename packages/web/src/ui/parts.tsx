import type { ComponentChildren } from 'preact'
import { Refused } from '../api/api.ts'
import type { Status } from '../api/types.ts'
import { classOf } from '../order/statuses.ts'

/** A status in words, marked with its colour. */
export const StatusMark = ({ status }: { status: Status }) => (
  <span class={`status ${classOf(status)}`}>{status}</span>
)

/** What went wrong, said at once; with the name that it has in the logs. */
export function Failure({ error }: { error: Error | undefined }) {
  if (!error) return null
  const id = error instanceof Refused ? error.requestId : undefined
  return (
    <p class="failure" role="alert">
      {error.message}
      {error instanceof Refused && (
        <small>
          {error.code}
          {id && ` · request ${id}`}
        </small>
      )}
    </p>
  )
}

/** A name and what is behind it, in a list of them. */
export const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
