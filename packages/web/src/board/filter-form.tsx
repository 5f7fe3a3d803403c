import type { ComponentProps } from 'preact'
import { me } from '../api/session.ts'
import { ended, isStatus, underway } from '../order/statuses.tsx'
import { replaceAddress } from '../ui/router.ts'
import { addressOf, type BoardFilter, type TimeRange, timeRanges } from './filter.ts'

/** Chooses the orders. The filter is in the address, so that it can be bookmarked and shared. */
export function FilterForm({ filter }: { filter: BoardFilter }) {
  const change = (part: { [Key in keyof BoardFilter]?: BoardFilter[Key] | undefined }) =>
    replaceAddress(addressOf({ ...filter, ...part } as BoardFilter))
  return (
    <form
      class="filter"
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault()
        if (filter.id !== undefined && wholeId.test(filter.id)) location.hash = `#/orders/${filter.id}`
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
      <Search id={filter.id} onId={(id) => change({ id })} />
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

/** A part of an id searches the loaded orders; a whole one opens any order. */
const Search = ({ id, onId }: { id: string | undefined; onId: (id: string | undefined) => void }) => (
  <span class="search">
    <Field
      label="Order id or part of it"
      type="search"
      name="order"
      value={id}
      onInput={(event) => onId(textIn(event)?.toLowerCase())}
    />
    <button type="submit" disabled={id === undefined || !wholeId.test(id)}>
      Open
    </button>
  </span>
)
