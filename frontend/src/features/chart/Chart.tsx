import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { formatPrice, formatQuantity } from '@/core/numbers/instrument'
import { useActiveInstrument, useBars, useMarketNote, useMarketState } from '@/shared/market/hooks'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { Button } from '@/shared/ui/Button'
import { classes } from '@/shared/ui/classes'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { type Candle, continued, fromTrades, type Log } from './candles'
import styles from './Chart.module.css'
import { type History, useHistory } from './history'
import type { ChartFill, ChartOrder } from './marks'
import { DEFAULT_TIMEFRAME, type Timeframe, timeframeOf, TIMEFRAMES } from './timeframe'
import { useTradeLog } from './useTradeLog'

const Canvas = lazy(() => import('./Canvas'))

interface Props {
  /** The trader's open orders in this symbol. */
  orders: readonly ChartOrder[]
  /** The trader's executions in this symbol. */
  fills: readonly ChartFill[]
  /** An own order's line was dropped at another price, in ticks. */
  onMove: (line: ChartOrder, ticks: number) => void
  /** Changes when the colours do. */
  theme: string
}

/** Candles and volume of the symbol that is looked at, with the trader's own orders and fills. */
export function Chart({ orders, fills, onMove, theme }: Props) {
  const [id, setId] = useState<Timeframe['id']>(DEFAULT_TIMEFRAME)
  const timeframe = timeframeOf(id)
  const instrument = useActiveInstrument()
  const epoch = useMarketState(({ active }) => active?.bars.epoch ?? 0)
  const history = useHistory(instrument, timeframe, epoch, nowS)
  const log = useTradeLog(history.data)
  const { refetch } = history
  useEffect(() => {
    if (!log.whole) void refetch()
  }, [log.whole, refetch])
  const candles = useCandles(history.data, log, timeframe)
  const last = candles.at(-1)

  return (
    <Panel
      title="Chart"
      className={styles['panel']}
      stale={useMarketNote()}
      tools={
        <div role="group" aria-label="Candle length" className={styles['timeframes']}>
          {TIMEFRAMES.map((each) => (
            <button
              key={each.id}
              type="button"
              aria-label={each.name}
              aria-pressed={each.id === id}
              className={classes(styles['timeframe'], each.id === id && styles['chosen'])}
              onClick={() => setId(each.id)}
            >
              {each.id}
            </button>
          ))}
        </div>
      }
    >
      {history.isError ? (
        <ErrorState
          requestId={requestIdOf(history.error)}
          action={<Button onClick={() => void history.refetch()}>Read the history again</Button>}
        >
          {sentenceOf(history.error)}
        </ErrorState>
      ) : instrument === null || history.data === undefined ? (
        <Skeleton rows={10} />
      ) : last === undefined ? (
        <EmptyState>
          {instrument.symbol} has not traded yet. The first trade begins the first candle.
        </EmptyState>
      ) : (
        <>
          <Suspense fallback={<Skeleton rows={10} />}>
            <Canvas
              // A canvas belongs to one symbol: its axis shows that symbol's prices.
              key={instrument.symbol}
              instrument={instrument}
              timeframe={timeframe}
              candles={candles}
              orders={orders}
              fills={fills}
              onMove={onMove}
              theme={theme}
              label={
                `${instrument.symbol}, candles of ${timeframe.name}, ${candles.length} of them. ` +
                `The last opened at ${formatPrice(instrument, last.open)}, high ${formatPrice(instrument, last.high)}, ` +
                `low ${formatPrice(instrument, last.low)}, now ${formatPrice(instrument, last.close)}, ` +
                `volume ${formatQuantity(instrument, last.volume)}.`
              }
            />
          </Suspense>
          <p className={styles['credit']}>
            Chart by{' '}
            <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
              TradingView Lightweight Charts
            </a>
          </p>
        </>
      )}
    </Panel>
  )
}

function useCandles(
  history: History | undefined,
  log: Log,
  timeframe: Timeframe,
): readonly Candle[] {
  const bars = useBars()
  return useMemo(() => {
    if (history === undefined) return []
    if (timeframe.bars === null) return fromTrades(log.trades, timeframe.seconds)
    const heard = bars === null ? [] : [...bars.closed, ...(bars.forming ? [bars.forming] : [])]
    return continued(history.candles, history.minutes, heard, timeframe.seconds)
  }, [history, log, timeframe, bars])
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
