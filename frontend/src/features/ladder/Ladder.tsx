import { fittingGroup, GROUPS, marketTicks } from '@/core/market/ladder'
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

/** Rows that the grouping is chosen for, before the panel's real height is known. */
const USUAL_ROWS = 21

/**
 * The active symbol's book by price. Choosing a price hands it to `onPick`; that is blocked, and the book
 * dimmed, from the moment on at which the book may not be the market's any more.
 */
export function Ladder({ ownQuantities, onPick }: LadderProps) {
  const { symbol, generation, instrument, phase, staleSince, book, problem } = useActiveBook()
  const last = useLastTicks()
  const trade = useCanTrade()
  const [chosen, setChosen] = useState<{ generation: number; group: number } | null>(null)
  const fitting = useFittingGroup(generation, book)
  const group = chosen?.generation === generation ? chosen.group : fitting
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
            onChange={(next) => setChosen({ generation, group: next })}
          />
        </>
      }
    >
      <BookForReaders key={`readers-${generation}`} />
      {marketTicks(book, last) === null ? (
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
          own={ownQuantities}
          blocked={trade.allowed ? null : trade.reason}
          onPick={onPick}
        />
      )}
    </Panel>
  )
}

function groupLabel(instrument: Increments, group: number): string {
  return formatPrice(instrument, group)
}

/** Chosen once for each symbol, from its first book: a grouping that changed by itself would move the rows. */
function useFittingGroup(generation: number, book: BookView | null): number {
  const [fit, setFit] = useState({ generation: -1, group: 1 })
  if (book !== null && book.bids.length + book.asks.length > 0 && fit.generation !== generation) {
    setFit({ generation, group: fittingGroup(book, USUAL_ROWS) })
  }
  return fit.generation === generation ? fit.group : 1
}
