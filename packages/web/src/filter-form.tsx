import { useState } from 'preact/hooks'
import { addressOf, type Filter, type Range, ranges } from './filter.ts'
import { replaceAddress } from './router.ts'
import { isStatus, labelOf, statuses } from './statuses.ts'

/** What is shown, and a search for one order. The address tells it, so that it can be kept and sent. */
export function FilterForm({ filter }: { filter: Filter }) {
  const change = (part: { [Key in keyof Filter]?: Filter[Key] | undefined }) =>
    replaceAddress(addressOf({ ...filter, ...part } as Filter))
  return (
    <form class="filter" aria-label="Filter" onSubmit={(event) => event.preventDefault()}>
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
              {labelOf(status)}
            </option>
          ))}
        </select>
      </label>
      <Field name="Branch" value={filter.branchId} onValue={(branchId) => change({ branchId })} />
      <Field name="Sauce" value={filter.sauceId} onValue={(sauceId) => change({ sauceId })} />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.overdue}
          onChange={(event) => change({ overdue: event.currentTarget.checked })}
        />
        Only waiting too long
      </label>
      <Search />
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

const orderId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

function Search() {
  const [wrong, setWrong] = useState(false)
  const find = (form: HTMLFormElement | null) => {
    const id = String(form ? new FormData(form).get('order') : '').trim()
    if (id === '') return
    if (orderId.test(id)) location.hash = `#/orders/${id.toLowerCase()}`
    setWrong(!orderId.test(id))
  }
  return (
    <span class="search">
      <label>
        Order
        <input
          type="search"
          name="order"
          placeholder="a whole id"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={wrong}
          aria-describedby={wrong ? 'search-error' : undefined}
          onKeyDown={(event) => event.key === 'Enter' && find(event.currentTarget.form)}
        />
      </label>
      <button type="button" onClick={(event) => find(event.currentTarget.form)}>
        Find
      </button>
      {wrong && (
        <small id="search-error" class="field-error" role="alert">
          That is no order’s id
        </small>
      )}
    </span>
  )
}
