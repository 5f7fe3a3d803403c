import type { Drill, DrillRequest } from '@saucery/client/schemas'
import { useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { serviceRows } from '../order/choreography.ts'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { Failure } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { useAction } from '../ui/use-action.ts'
import { fieldsOf, numberFields, requestIn, ways } from './drill-fields.ts'
import { drillsAt, drillText, latestDrills, readDrills } from './drills.ts'

const readNow = () => readDrills(AbortSignal.timeout(3000)).catch(() => {})

const choices = {
  service: serviceRows.map(({ service }) => service),
  server: ['nats', 'postgres', 'mongodb'],
}

/** Begins load and faults, which end by themselves, and ends them earlier. */
export function DrillSection() {
  const found = latestDrills.value
  if (!found?.enabled) return null
  const drills = drillsAt(now.value)
  return (
    <section class="drill-section" aria-labelledby="drills-title">
      <h2 id="drills-title">{t.drills.title}</h2>
      <DrillForm kinds={found.kinds as DrillRequest['kind'][]} />
      {drills.length === 0 && <p class="nothing">{t.drills.none}</p>}
      <ul>
        {drills.map(({ drill, left }) => (
          <DrillRow key={drill.id} drill={drill} left={left} />
        ))}
      </ul>
    </section>
  )
}

function DrillRow({ drill, left }: { drill: Drill; left: number }) {
  const { busy, error, act } = useAction()
  const { id, placed, refused = 0 } = drill
  async function end(): Promise<void> {
    await client.post('/operations/drills/{drillId}/end', { path: { drillId: id } })
    await readNow()
  }
  return (
    <li>
      <b>{drillText(drill)}</b> · {t.drills.left(count(left))}
      {placed !== undefined && <small> {t.drills.sent(count(placed), count(refused))}</small>}{' '}
      <button
        type="button"
        aria-disabled={busy}
        aria-label={t.drills.endOf(drillText(drill))}
        onClick={() => void act(end)}
      >
        {t.drills.end}
      </button>
      <Failure error={error} />
    </li>
  )
}

function DrillForm({ kinds }: { kinds: readonly DrillRequest['kind'][] }) {
  const [kind, setKind] = useState(kinds[0] ?? 'load')
  const { busy, error, act } = useAction()
  async function begin(form: HTMLFormElement): Promise<void> {
    await client.post('/operations/drills', { body: requestIn(new FormData(form)) })
    await readNow()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const form = event.currentTarget
        void act(() => begin(form))
      }}
    >
      <label>
        {t.drills.kind}
        <select
          name="kind"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as DrillRequest['kind'])}
        >
          {kinds.map((one) => (
            <option key={one} value={one}>
              {t.drills.kinds[one]}
            </option>
          ))}
        </select>
      </label>
      {fieldsOf[kind].map((name) =>
        name === 'service' || name === 'server' ? (
          <label key={name}>
            {t.drills.fields[name]}
            <select name={name}>
              {choices[name].map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        ) : (
          <NumberField key={name} name={name} />
        ),
      )}
      <NumberField name="forSeconds" />
      {kind === 'load' && <Shares />}
      <button type="submit" aria-disabled={busy}>
        {t.drills.begin}
      </button>
      <Failure error={error} />
    </form>
  )
}

function NumberField({ name }: { name: keyof typeof numberFields }) {
  const { least, most, usual } = numberFields[name]
  return (
    <label>
      {t.drills.fields[name]}
      <input type="number" name={name} min={least} max={most} defaultValue={String(usual)} required />
    </label>
  )
}

/** Of how many parts go which way. */
const Shares = () => (
  <details class="shares">
    <summary>{t.drills.mix}</summary>
    {ways.map((way) => (
      <label key={way}>
        {t.drills.ways[way]}
        <input type="number" name={way} min={0} max={100} defaultValue="1" required />
      </label>
    ))}
  </details>
)
