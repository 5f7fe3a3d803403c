import type { ComponentChildren } from 'preact'
import { t } from '../texts/texts.ts'
import { roomy } from '../ui/screen.ts'
import { Plot, type PlotProps } from './plot.tsx'

interface ChartProps extends Omit<PlotProps, 'width'> {
  readonly caption: string
  readonly summary: string
  /** Which orders it is about. */
  readonly scope: string
  readonly legend?: ComponentChildren
  /** The chart's data as a table. */
  readonly children: ComponentChildren
}

/** A chart of bars, with its data as a table. */
export function Chart({ caption, summary, scope, legend, children, ...plot }: ChartProps) {
  return (
    <figure class="chart">
      <figcaption>
        <span>
          {caption} <b>{summary}</b>
        </span>
        <small>{scope}</small>
      </figcaption>
      {/* Units are about pixels, so that the chart's text has the size of the text around it. */}
      <Plot width={roomy.value ? 600 : 360} {...plot} />
      {legend}
      <details>
        <summary>{t.charts.showTable}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to reach what scrolls */}
        <section class="scroll" tabIndex={0} aria-label={t.charts.data}>
          {children}
        </section>
      </details>
    </figure>
  )
}
