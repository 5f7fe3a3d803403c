import { useEffect } from 'preact/hooks'
import { me } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { now } from '../ui/screen.ts'
import { usePolled } from '../ui/use-polled.tsx'
import { drillsAt, drillText, latestDrills, readDrills } from './drills.ts'

/** On every page, for everyone: that what goes wrong goes wrong on purpose, and for how long still. */
export const DrillBanner = () => (me.value?.drills === 'on' ? <PolledBanner /> : null)

const forget = () => () => {
  latestDrills.value = undefined
}

function PolledBanner() {
  usePolled(readDrills, 1500, [])
  useEffect(forget, [])
  const drills = drillsAt(now.value)
  return (
    <div class="drills" role="status" aria-label={t.drills.title}>
      {drills.map(({ drill, left }) => (
        <p key={drill.id}>
          <b>{t.drills.drill}</b> {drillText(drill)} · {t.drills.left(count(left))}
        </p>
      ))}
    </div>
  )
}
