import { fittingGroup, GROUPS, marketSpan } from '@/core/market/ladder'
import type { BookView } from '@/core/market/state'
import { formatPrice, type Increments } from '@/core/numbers/instrument'
import { useActiveBook, useCanTrade, useLastTicks, useMarketNote } from '@/shared/market/hooks'
import { StaleAge } from '@/shared/market/StaleAge'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { useState } from 'react'
import { BookForReaders } from './BookForReaders'
import { DepthGrid } from './DepthGrid'
import { Grouping } from './Grouping'
import styles from './Ladder.module.css'
import type { LadderProps } from './types'
import { useRowCount } from './useRowCount'

/** Rows, before the panel's real height is known. */
const USUAL_ROWS = 21

/**
 * The active symbol's book by price. Choosing a price hands it to `onPick`; that is blocked, and the book
 * dimmed, from the moment on at which the book may not be the market's any more.
 */
export function Ladder({ ownQuantities, onPick, onMove }: LadderProps) {
  const { symbol, generation, instrument, phase, staleSince, book, problem } = useActiveBook()
  const last = useLastTicks()
  const trade = useCanTrade()
  const [chosen, setChosen] = useState<{ generation: number; group: number } | null>(null)
  const [grid, setGrid] = useState<HTMLElement | null>(null)
  const measured = useRowCount(grid)
  const rows = measured ?? USUAL_ROWS
  const fitting = useFittingGroup(generation, book, measured)
  const group = chosen?.generation === generation ? chosen.group : fitting
  const choose = (next: number) => setChosen({ generation, group: next })
  const stale = useMarketNote()

  if (symbol === null) {
    return (
      <Panel title="Ladder">
        <EmptyState>Choose a symbol to see its order book.</EmptyState>
      </Panel>
    )
  }
  if (problem !== null && book === null) {
    return (
      <Panel title="Ladder">
        <ErrorState>{problem}</ErrorState>
      </Panel>
    )
  }
  if (book === null || instrument === null) {
    return (
      <Panel title="Ladder">
        <Skeleton rows={USUAL_ROWS} />
      </Panel>
    )
  }
  return (
    <Panel
      title="Ladder"
      stale={stale}
      tools={
        <>
          {phase === 'stale' && staleSince !== null ? (
            <StaleAge since={staleSince} className={styles['age']} />
          ) : null}
          <Grouping
            groups={GROUPS}
            group={group}
            label={groupLabel(instrument, group)}
            onChange={choose}
          />
        </>
      }
    >
      <BookForReaders key={`readers-${generation}`} />
      {marketSpan(book, last) === null ? (
        <EmptyState>
          Nobody bids or offers {symbol} yet. A limit order makes the first price.
        </EmptyState>
      ) : (
        <DepthGrid
          key={`grid-${generation}`}
          instrument={instrument}
          book={book}
          last={last}
          group={group}
          rows={rows}
          grid={grid}
          onGrid={setGrid}
          own={ownQuantities}
          blocked={trade.allowed ? null : trade.reason}
          onPick={onPick}
          onMove={onMove}
          onWiden={() => choose(fittingGroup(book, rows))}
        />
      )}
    </Panel>
  )
}

function groupLabel(instrument: Increments, group: number): string {
  return formatPrice(instrument, group)
}

/**
 * Chosen once for each symbol, from its first book and the rows there are: a grouping that changed by itself would
 * move the rows.
 */
function useFittingGroup(generation: number, book: BookView | null, rows: number | null): number {
  const [fit, setFit] = useState({ generation: -1, group: 1, isMeasured: false })
  const isFit = fit.generation === generation && (fit.isMeasured || rows === null)
  if (!isFit && book !== null && book.bids.length + book.asks.length > 0) {
    const group = fittingGroup(book, rows ?? USUAL_ROWS)
    setFit({ generation, group, isMeasured: rows !== null })
  }
  return fit.generation === generation ? fit.group : 1
}
