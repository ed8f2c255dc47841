import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { Decimal } from '@/core/numbers/decimal'
import { formatMoney } from '@/core/numbers/money'
import { useApi } from '@/shared/api/context'
import { Button } from '@/shared/ui/Button'
import { classes } from '@/shared/ui/classes'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import styles from './account.module.css'
import { historyQuery, type Period, PERIODS } from './queries'
import { type Series, seriesOf } from './series'

/** What the account was worth over time, and what was gained: cash that came and went does not count as gain. */
export function EquityHistory() {
  const [period, setPeriod] = useState<Period>(PERIODS[2])
  const { data: history, error, refetch } = useQuery(historyQuery(useApi(), period))
  const series = history === undefined ? null : seriesOf(history.equity)
  return (
    <Panel
      title="Equity over time"
      boxed
      tools={
        <div role="group" aria-label="Period">
          {PERIODS.map((each) => (
            <Button
              key={each.id}
              kind="quiet"
              aria-label={each.name}
              aria-pressed={each.id === period.id}
              className={classes(each.id === period.id && styles['chosen'])}
              onClick={() => setPeriod(each)}
            >
              {each.id}
            </Button>
          ))}
        </div>
      }
    >
      {history === undefined && error === null ? <Skeleton rows={5} /> : null}
      {history === undefined && error !== null ? (
        <ErrorState
          requestId={requestIdOf(error)}
          action={<Button onClick={() => void refetch()}>Read it again</Button>}
        >
          The history could not be read. {sentenceOf(error)}.
        </ErrorState>
      ) : null}
      {history !== undefined && series === null ? (
        <EmptyState>There is no history yet. It begins with the first deposit.</EmptyState>
      ) : null}
      {history !== undefined && series !== null ? (
        <figure className={styles['history']}>
          <Line series={series} name={period.name} />
          <figcaption>
            {money(series.first)} to {money(series.last)}, gained{' '}
            <strong>{money(history.profit_loss.at(-1) ?? 0, 'always')}</strong> without deposits and
            withdrawals; lowest {money(series.lowest)}, highest {money(series.highest)}.
          </figcaption>
        </figure>
      ) : null}
    </Panel>
  )
}

function Line({ series, name }: { series: Series; name: string }) {
  return (
    <svg
      viewBox="-1 -4 102 108"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Equity, ${name.toLowerCase()}: from ${money(series.first)} to ${money(series.last)}`}
      className={styles['line']}
    >
      <polyline points={series.points} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

/** The history's numbers are JSON numbers, for the eye only. */
function money(value: number, sign: 'auto' | 'always' = 'auto'): string {
  return formatMoney(Decimal.parse(value.toFixed(2)), { sign })
}
