import type { DeadLetterGroup } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { count, dayAndTime } from '../ui/format.ts'
import { BulkAction, type OperatedName } from './bulk-action.tsx'

interface LetterGroupsProps {
  readonly service: OperatedName
  readonly groups: readonly DeadLetterGroup[]
  /** The group whose letters are listed; all without one. */
  readonly chosen: DeadLetterGroup | undefined
  readonly choose: (group: DeadLetterGroup | undefined) => void
  readonly onEnd: () => void
}

const keyOf = ({ event, reason, errorGroup }: DeadLetterGroup) => `${event} ${reason} ${errorGroup}`

/** The open dead letters by event and cause. */
export function LetterGroups({ service, groups, chosen, choose, onEnd }: LetterGroupsProps) {
  const isChosen = (group: DeadLetterGroup) => chosen !== undefined && keyOf(chosen) === keyOf(group)
  return (
    <>
      {groups.map((group) => (
        // A group whose job runs stays until its letters are gone.
        <section
          key={keyOf(group)}
          class={isChosen(group) ? 'letter-group chosen' : 'letter-group'}
          aria-label={t.operations.groupName(group.event, count(group.count))}
        >
          <p>
            <b>{group.event || t.operations.noEvent}</b> · {t.operations.letterCount(count(group.count))}
            <small>
              {group.reason} · <time dateTime={group.oldest}>{dayAndTime(group.oldest)}</time>
            </small>
          </p>
          <pre>{group.errorGroup}</pre>
          <button
            type="button"
            aria-pressed={isChosen(group)}
            onClick={() => choose(isChosen(group) ? undefined : group)}
          >
            {t.operations.onlyThese}
          </button>
          <BulkAction service={service} group={group} onEnd={onEnd} />
        </section>
      ))}
    </>
  )
}
