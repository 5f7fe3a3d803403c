import type { ComponentProps } from 'preact'
import { useState } from 'preact/hooks'
import { me } from '../api/client.ts'
import { wholeIdIn } from '../order/orders.ts'
import { ended, isStatus, underway } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
import { pushAddress, replaceAddress } from '../ui/router.ts'
import { addressOf, type BoardFilter, type TimeRange, timeRanges } from './filter.ts'

interface FilterFormProps {
  readonly filter: BoardFilter
  /** What is offered: the names that were seen so far. */
  readonly seen: { readonly branches: ReadonlySet<string>; readonly sauces: ReadonlySet<string> }
}

/** Chooses the orders. The filter is in the address, so that it can be bookmarked and shared, and Back undoes a choice. */
export function FilterForm({ filter, seen }: FilterFormProps) {
  const choose = (part: Partial<BoardFilter>) => pushAddress(addressOf({ ...filter, ...part }))
  const isWholeId = filter.id !== undefined && wholeIdIn(filter.id) === filter.id
  function typeId(id: string | undefined): void {
    // One step back for the whole word.
    const go = filter.id === undefined ? pushAddress : replaceAddress
    go(addressOf({ ...filter, id }))
  }
  return (
    <form
      class="filter"
      aria-label={t.board.filter}
      onSubmit={(event) => {
        event.preventDefault()
        if (isWholeId) location.hash = `#/orders/${filter.id}`
      }}
    >
      <label>
        {t.board.range}
        <select
          value={filter.range}
          onChange={({ currentTarget: { value } }) => choose({ range: value as TimeRange, isChosen: true })}
        >
          {(Object.keys(timeRanges) as TimeRange[]).map((range) => (
            <option key={range} value={range}>
              {t.board.ranges[range]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.board.status}
        <select
          value={filter.status ?? ''}
          onChange={({ currentTarget: { value } }) => choose({ status: isStatus(value) ? value : undefined })}
        >
          <option value="">{t.board.all}</option>
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
          label={t.board.branch}
          value={filter.branchId}
          offers={seen.branches}
          onChange={(event) => choose({ branchId: textIn(event) })}
        />
      )}
      <Field
        label={t.board.sauce}
        value={filter.sauceId}
        offers={seen.sauces}
        onChange={(event) => choose({ sauceId: textIn(event) })}
      />
      {/* A part of an id searches the loaded orders; a whole one opens any order. */}
      <span class="search">
        <Field
          label={t.board.orderId}
          placeholder={t.board.idPart}
          type="search"
          name="order"
          value={filter.id}
          onInput={(event) => typeId(textIn(event)?.toLowerCase())}
        />
        <button type="submit" disabled={!isWholeId}>
          {t.board.open}
        </button>
      </span>
      <label class="check">
        <input
          type="checkbox"
          checked={filter.overdue}
          onChange={(event) => choose({ overdue: event.currentTarget.checked })}
        />
        {t.board.overdueOnly}
      </label>
      {addressOf(filter) !== '#/' && (
        <button type="button" class="clear" onClick={() => pushAddress('#/')}>
          {t.board.clear}
        </button>
      )}
    </form>
  )
}

interface FieldProps extends Pick<ComponentProps<'input'>, 'name' | 'placeholder' | 'onInput' | 'onChange'> {
  readonly label: string
  readonly value: string | undefined
  readonly type?: 'text' | 'search'
  readonly offers?: ReadonlySet<string>
}

/** Keeps what is typed until it is chosen, however often the form is drawn meanwhile. */
function Field({ label, value = '', offers, type = 'text', onInput, ...input }: FieldProps) {
  const [typed, setTyped] = useState({ over: value, text: value })
  return (
    <label>
      {label}
      <input
        type={type}
        value={typed.over === value ? typed.text : value}
        maxLength={64}
        spellcheck={false}
        autocomplete="off"
        {...(offers && { list: `offers-${label}` })}
        {...input}
        onInput={(event) => {
          setTyped({ over: value, text: event.currentTarget.value })
          onInput?.(event)
        }}
      />
      {offers && (
        <datalist id={`offers-${label}`}>
          {[...offers]
            .sort((a, b) => a.localeCompare(b))
            .map((name) => (
              <option key={name} value={name} />
            ))}
        </datalist>
      )}
    </label>
  )
}

const textIn = (event: { currentTarget: HTMLInputElement }) => event.currentTarget.value.trim() || undefined
