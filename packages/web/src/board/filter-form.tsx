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
        <Field name="Branch" value={filter.branchId} onValue={(branchId) => change({ branchId })} />
      )}
      <Field name="Sauce" value={filter.sauceId} onValue={(sauceId) => change({ sauceId })} />
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

function Field({
  name,
  value,
  onValue,
}: {
  name: string
  value: string | undefined
  onValue: (value: string | undefined) => void
}) {
  return (
    <label>
      {name}
      <input
        type="text"
        value={value ?? ''}
        maxLength={64}
        spellcheck={false}
        autocomplete="off"
        onChange={(event) => onValue(event.currentTarget.value.trim() || undefined)}
      />
    </label>
  )
}

const wholeId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** A part of an id searches the loaded orders; a whole one opens any order. */
function Search({ id, onId }: { id: string | undefined; onId: (id: string | undefined) => void }) {
  return (
    <span class="search">
      <label>
        Order id or part of it
        <input
          type="search"
          name="order"
          value={id ?? ''}
          maxLength={64}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => onId(event.currentTarget.value.trim().toLowerCase() || undefined)}
        />
      </label>
      <button type="submit" disabled={id === undefined || !wholeId.test(id)}>
        Open
      </button>
    </span>
  )
}
