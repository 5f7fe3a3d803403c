import type { OperatorAction } from '@saucery/client/schemas'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { dayAndTime } from '../ui/format.ts'
import { ListState } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import type { OperatedName } from './bulk-action.tsx'

/**
 * Who did what to a service.
 * @param changed when it changes, they are read again
 */
export function OperatorActions({ service, changed }: { service: OperatedName; changed: number }) {
  const [open, setOpen] = useState(false)
  const [items, setItems] = useState<readonly OperatorAction[] | undefined>(undefined)
  const [error, setError] = useState<Error | undefined>(undefined)
  useEffect(() => {
    if (!open) return
    client.get(`/operations/${service}/actions`, { query: { limit: 20 } }).then(
      (found) => setItems(found.items),
      (failure) => setError(failure as Error),
    )
  }, [open, changed])
  return (
    <details class="actions" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.operations.operatorActions}</summary>
      <ListState items={items} error={error} empty={t.operations.none} />
      {items && items.length > 0 && (
        <Table
          items={items}
          keyOf={({ id }) => id}
          columns={{
            [t.operations.actionAt]: ({ at }) => <time dateTime={at}>{dayAndTime(at)}</time>,
            [t.operations.actionBy]: ({ by }) => by,
            [t.operations.action]: ({ action, orderId }) =>
              orderId ? <a href={`#/orders/${orderId}`}>{action}</a> : action,
          }}
        />
      )}
    </details>
  )
}
