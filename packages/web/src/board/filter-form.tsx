import { me } from '../api/session.ts'
import { isStatus, statuses } from '../order/statuses.ts'
import { replaceAddress } from '../ui/router.ts'
import { addressOf, type Filter, type Range, ranges } from './filter.ts'

/** What is shown, and a search for one order. The address tells it, so that it can be kept and sent. */
export function FilterForm({ filter }: { filter: Filter }) {
  const change = (part: { [Key in keyof Filter]?: Filter[Key] | undefined }) =>
    replaceAddress(addressOf({ ...filter, ...part } as Filter))
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
          onChange={(event) => change({ range: event.currentTarget.value as Range })}
        >
          {Object.entries(ranges).map(([range, { label }]) => (
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
          {statuses.map((status) => (
            <option key={status} value={status}>
              {status}
            </option>
          ))}
        </select>
      </label>
      {/* A branch sees its own orders, and no others. */}
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
        Only waiting too long
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

/** A part of an id looks among the orders that are here; a whole one opens the order, wherever it is. */
function Search({ id, onId }: { id: string | undefined; onId: (id: string | undefined) => void }) {
  return (
    <span class="search">
      <label>
        Order id, or a part of it
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
