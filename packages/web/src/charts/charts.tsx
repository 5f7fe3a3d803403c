import type { Statistics } from '../api/types.ts'
import { Outcomes } from './outcomes-chart.tsx'
import { Times } from './times-chart.tsx'

/** What became of the orders of each step of time, and how long they took. */
export const Charts = ({ statistics }: { statistics: Statistics | undefined }) => (
  <div class="charts">
    {statistics && (
      <>
        <Outcomes {...statistics} />
        <Times {...statistics.delivery} />
      </>
    )}
  </div>
)
