import type { ComponentProps } from 'preact'
import { me } from '../api/client.ts'
import { ended, isStatus, underway } from '../order/statuses.tsx'
import { replaceAddress } from '../ui/router.ts'
import { addressOf, type BoardFilter, type TimeRange, timeRanges } from './filter.ts'

/** Chooses the orders. The filter is in the address, so that it can be bookmarked and shared. */
export function FilterForm({ filter }: { filter: BoardFilter }) {
  const change = (part: Partial<BoardFilter>) => replaceAddress(addressOf({ ...filter, ...part }))
  const isWholeId = filter.id !== undefined && wholeId.test(filter.id)
  return (
    <form
      class="filter"
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault()
        if (isWholeId) location.hash = `#/orders/${filter.id}`
      }}
    >
      <label>
        Placed in the last
        <select
          value={filter.range}
          onChange={(event) => change({ range: event.currentTarget.value as TimeRange })}
        >
          {Object.entries(timeRanges).map(([range, { label }]) => (
            <option key={range} value={range}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Status
        <select
          value={filter.status ?? ''}
          onChange={({ currentTarget: { value } }) => change({ status: isStatus(value) ? value : undefined })}
        >
          <option value="">All</option>
          {[...underway, ...ended].map((status) => (
            <option key={status} value={status}>
              {status}
            </option>
          ))}
        </select>
      </label>
      {/* A branch sees its own orders only. */}
      {me.value?.branchId === undefined && (
        <Field
          label="Branch"
          value={filter.branchId}
          onChange={(event) => change({ branchId: textIn(event) })}
        />
      )}
      <Field label="Sauce" value={filter.sauceId} onChange={(event) => change({ sauceId: textIn(event) })} />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.overdue}
          onChange={(event) => change({ overdue: event.currentTarget.checked })}
        />
        Overdue only
      </label>
      {/* A part of an id searches the loaded orders; a whole one opens any order. */}
      <span class="search">
        <Field
          label="Order id or part of it"
          type="search"
          name="order"
          value={filter.id}
          onInput={(event) => change({ id: textIn(event)?.toLowerCase() })}
        />
        <button type="submit" disabled={!isWholeId}>
          Open
        </button>
      </span>
    </form>
  )
}

type FieldProps = ComponentProps<'input'> & { readonly label: string }

const Field = ({ label, value, ...input }: FieldProps) => (
  <label>
    {label}
    <input type="text" value={value ?? ''} maxLength={64} spellcheck={false} autocomplete="off" {...input} />
  </label>
)

const textIn = (event: { currentTarget: HTMLInputElement }) => event.currentTarget.value.trim() || undefined

const wholeId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
