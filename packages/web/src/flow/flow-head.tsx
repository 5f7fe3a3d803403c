import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { calm } from '../ui/screen.ts'
import { collapse } from './collapsed.ts'
import type { FlowData } from './flow-data.ts'
import { rateText } from './numbers.ts'
import { flowEdges } from './table.ts'

/** @param flow undefined while it is collapsed */
export function FlowHead({ flow }: { flow?: FlowData }) {
  return (
    <div class="flow-head">
      <h2 id="flow-title">{t.flow.title}</h2>
      {flow && <Sums flow={flow} />}
      <div class="flow-buttons">
        {flow && (
          <button
            type="button"
            aria-pressed={flow.isPaused.value}
            onClick={() => flow.pause(!flow.isPaused.value)}
          >
            {t.flow.pause}
          </button>
        )}
        {flow && !calm.value && (
          <button
            type="button"
            aria-pressed={flow.isSlow.value}
            onClick={() => {
              flow.isSlow.value = !flow.isSlow.value
            }}
          >
            {t.flow.slowMotion}
          </button>
        )}
        <button type="button" aria-expanded={flow !== undefined} onClick={() => collapse(flow !== undefined)}>
          {flow ? t.flow.hide : t.flow.show}
        </button>
      </div>
    </div>
  )
}

/** Each event is counted once: on the edge to its stream. */
function Sums({ flow }: { flow: FlowData }) {
  flow.version.value
  const published = flowEdges.filter(({ isPublishing }) => isPublishing)
  const sum = (of: (id: string) => number) => published.reduce((total, { id }) => total + of(id), 0)
  return (
    <p class="flow-note">
      <b>{rateText(sum(flow.perSecond))}</b> · {t.flow.total(count(sum(flow.totalOf)))}
      {flow.connection.value === 'off' && ` · ${t.connection.off}`}
    </p>
  )
}
